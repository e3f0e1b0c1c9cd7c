// Entry of a sender in a process of its own, to be killed: `sender-process.ts <database> <sink> <channel> <idempotent>`.
import { openDatabase } from '../../src/store/database.ts';
import { fakeChannel } from './fake-channel.ts';
import { startSender } from './mailing.ts';

const [databaseUrl = '', sinkUrl = '', name = '', idempotent = ''] = process.argv.slice(2);
const db = openDatabase(databaseUrl);
console.log(JSON.stringify({ ready: true }));
startSender(db, [fakeChannel(sinkUrl, { name, idempotent: idempotent === 'idempotent' })]);
