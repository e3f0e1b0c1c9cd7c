// A mail provider of our own to try things with: an SMTP server that takes mailings as strictly as the large ones, and people
// who open, click, answer, leave by one click and call things spam. README.md in the channel's folder says what it leaves out.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createActs } from '../../lib/simulator/acts.ts';
import { createCrowd } from '../../lib/simulator/crowd.ts';
import { NO_PACE } from '../../lib/simulator/limits.ts';
import { type RunningSimulator, serve, type SimulatorOptions } from '../../lib/simulator/server.ts';
import { createWorld } from '../../lib/simulator/world.ts';
import { createMessenger, type MailWorld } from './mailbox.ts';
import { createSink } from './sink.ts';

/** What a provider lets one sender hand over a second. */
const BOT_PACE = { rate: 100, burst: 50 };
const MAX_BODY = 1024;

export async function startEmailSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { now = Date.now, random = Math.random } = options;
  const world: MailWorld = createWorld({ channel: 'email', botPace: BOT_PACE, chatPace: NO_PACE, now, random });
  const sink = createSink(() => ({ world, messenger, receive: crowd.receive }));
  // Clients that hang up are no fault of ours.
  sink.on('error', () => undefined);
  sink.listen(0, '127.0.0.1');
  await once(sink.server, 'listening');
  const smtpPort = (sink.server.address() as AddressInfo).port;
  const messenger = createMessenger(world, smtpPort);
  const acts = createActs(world, messenger);
  const crowd = createCrowd(world, messenger, acts);
  return serve({
    options,
    house: { world, messenger, acts, crowd },
    maxBody: MAX_BODY,
    answer: async () => ({ status: 404, body: { error: `this provider speaks SMTP, on port ${smtpPort}` } }),
    close: () => new Promise((resolve) => void sink.close(() => resolve())),
  });
}
