// The simulated messenger as a process of its own: `npm run simulator -- --port 8081`. Prints one JSON line when ready,
// and another when it ends. It never needs a token and never calls anybody but this machine.
import { parseArgs } from 'node:util';
import { SIMULATORS } from '../channels/simulators.ts';

const USAGE = `Usage: npm run simulator -- [--channel name] [--port number] [--host address] [--local]

  --channel  which messenger: ${Object.keys(SIMULATORS).join(', ')} (default: the first)
  --port     0 to 65535; 0 takes any free port (default 8081)
  --host     the address to listen on (default 127.0.0.1)
  --local    accept webhooks without https and on any port`;

const OPTIONS = {
  channel: { type: 'string', default: Object.keys(SIMULATORS)[0] ?? '' },
  port: { type: 'string', default: '8081' },
  host: { type: 'string', default: '127.0.0.1' },
  local: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function refuse(reason: string): never {
  console.error(`${reason}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'unreadable arguments');
  }
}

const wish = readArguments();
if (wish.help) {
  console.log(USAGE);
  process.exit(0);
}
const start = SIMULATORS[wish.channel];
const port = Number(wish.port);
if (!start) refuse(`--channel: there is no simulator named "${wish.channel}"`);
if (!/^\d{1,5}$/.test(wish.port) || port > 65_535) refuse(`--port: "${wish.port}" is no port number from 0 to 65535`);

const say = (event: string, more: object = {}): void => console.log(JSON.stringify({ event, ...more }));

try {
  const running = await start({ port, host: wish.host, local: wish.local });
  say('simulator.ready', { channel: wish.channel, port: running.port });
  const stop = async (): Promise<void> => {
    await running.close();
    say('simulator.stopped');
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Started by another program, it must not outlive it.
  process.once('disconnect', stop);
} catch (error) {
  refuse(`--port: ${error instanceof Error ? error.message : 'cannot listen'}`);
}
