// Entry of a sender over the batch channel in a process of its own, to be killed: `batch-sender-process.ts <database>
// <sink> <channel> <size> <by what the platform knows a repeat>`.
import { openDatabase } from '../../src/store/database.ts';
import { batchChannel, repeatsKnownBy } from './batch-channel.ts';
import { startSender } from './mailing.ts';

const [database = '', sink = '', name = '', size = '', knows = ''] = process.argv.slice(2);
const { idempotent, callKey } = repeatsKnownBy(knows);
const channel = batchChannel(sink, {
  name,
  batch: { size: Number(size), identical: true, placeholder: null, ...callKey },
  idempotent,
});
startSender(openDatabase(database), [channel]);
console.log(JSON.stringify({ ready: true }));
