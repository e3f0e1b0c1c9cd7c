// Entry of a sender whose memory is measured, in a process of its own: `memory-sender.ts <database> <sink>`. Sends what
// is due to its end, prints its highest resident set in bytes, and stays until it is killed.
import { openDatabase } from '../src/store/database.ts';
import { keepHeapSmall } from '../src/heap.ts';
import { keepCheckpoints } from '../src/store/checkpoints.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { startSender } from '../test/support/mailing.ts';

keepHeapSmall();
const [database = '', sink = ''] = process.argv.slice(2);
const db = openDatabase(database);
await keepCheckpoints(db);
await startSender(db, [fakeChannel(sink, { name: 'plain' })]).idle();
console.log(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
