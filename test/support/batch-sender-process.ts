// Entry of a sender over the batch channel in a process of its own, to be killed: `batch-sender-process.ts <database>
// <sink> <channel> <size> [idempotent]`.
import { openDatabase } from '../../src/store/database.ts';
import { batchChannel } from './batch-channel.ts';
import { startSender } from './mailing.ts';

const [database = '', sink = '', name = '', size = '', idempotent = ''] = process.argv.slice(2);
const channel = batchChannel(sink, {
  name,
  batch: { size: Number(size), identical: true, placeholder: null },
  idempotent: idempotent === 'idempotent',
});
startSender(openDatabase(database), [channel]);
console.log(JSON.stringify({ ready: true }));
