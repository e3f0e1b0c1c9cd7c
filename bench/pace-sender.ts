// Entry of a sender in a process of its own, one of several that share their limits: `pace-sender.ts <database> <redis>
// <sink>`. It ends with whoever started it.
import { createRedisBus } from '../src/bus.ts';
import { openDatabase } from '../src/store/database.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { startSender } from '../test/support/mailing.ts';

const [database = '', redisUrl = '', sink = ''] = process.argv.slice(2);
startSender(openDatabase(database), [fakeChannel(sink, { name: 'plain' })], {
  bus: createRedisBus(redisUrl, (error) => console.error(error.message)),
  redisUrl,
});
console.log(JSON.stringify({ ready: true }));
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
