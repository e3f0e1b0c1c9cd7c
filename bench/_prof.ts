import { startChild } from '../test/support/child.ts';
import { newDatabase } from '../test/support/databases.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { contentOf, dueMailing, manyPeople, startSender, text } from '../test/support/mailing.ts';
import { aBot } from '../test/support/people.ts';
import { keepCheckpoints } from '../src/store/checkpoints.ts';
import { Session } from 'node:inspector/promises';
import { writeFileSync } from 'node:fs';
const kind = (process.argv[2] ?? 'sqlite') as 'sqlite' | 'mariadb';
const N = Number(process.argv[3] ?? 60000);
const rounds = Number(process.argv[4] ?? 3);
const sink = await startChild<{ url: string }>(new URL('./sink.ts', import.meta.url));
const db = await newDatabase(kind);
const cp = await keepCheckpoints(db);
const bot = await aBot(db, { channel: 'plain' });
await manyPeople(db, bot, N);
await db.raw(kind === 'sqlite' ? 'analyze' : 'analyze table subscribers, connections');
const ch = fakeChannel(sink.ready.url, { name: 'plain', rate: { mailing: 25, bot: null, chat: null } });
const s = new Session();
s.connect();
await s.post('Profiler.enable');
for (let i = 0; i < rounds; i++) {
  if (i === rounds - 1) {
    await s.post('Profiler.setSamplingInterval', { interval: 200 });
    await s.post('Profiler.start');
  }
  const t = performance.now(),
    c = process.cpuUsage(),
    el = (performance as any).eventLoopUtilization();
  await dueMailing(db, {
    content: contentOf(text('Good morning! Our shop opens at nine today, and everyone who reads this gets a coffee.')),
  });
  const sender = startSender(db, [ch]);
  await sender.idle();
  const ms = performance.now() - t;
  const d = process.cpuUsage(c);
  const u = (performance as any).eventLoopUtilization(el);
  await sender.stop();
  console.log(
    `${kind} ${Math.round((N / ms) * 1000)}/s cpu ${((d.user + d.system) / N).toFixed(1)}us (user ${(d.user / N).toFixed(1)}) elu ${u.utilization.toFixed(2)} ms ${Math.round(ms)}`,
  );
}
const { profile } = await s.post('Profiler.stop');
writeFileSync('/tmp/p.cpuprofile', JSON.stringify(profile));
await cp?.stop();
await db.destroy();
await sink.kill();
process.exit(0);
