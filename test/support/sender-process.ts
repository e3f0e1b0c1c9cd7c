// Entry of a sender in a process of its own, to be killed: `sender-process.ts <settings as JSON>`. Prints the name it
// puts into leases when it is loaded, and starts when a line with the rest of its settings comes.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createChannels } from '../../channels/index.ts';
import { translate } from '../../src/i18n.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createMailbox } from '../../src/store/mailbox.ts';
import { fakeChannel } from './fake-channel.ts';
import { startSender } from './mailing.ts';

export interface SenderSettings {
  database: string;
  sink: string;
  /** `plain`, `idempotent` (a platform that drops repeats by their key), else the name of a real channel. */
  channel: string;
  redis: string | null;
  /** How far its clock is ahead, in milliseconds. */
  ahead?: number;
}

const { database, sink, channel, redis } = JSON.parse(process.argv[2] ?? '') as SenderSettings;
const owner = randomUUID();
console.log(JSON.stringify({ owner }));
const [line] = (await once(createInterface({ input: process.stdin }), 'line')) as [string];
const { ahead = 0 } = JSON.parse(line) as Pick<SenderSettings, 'ahead'>;

const db = openDatabase(database);
const now = (): number => Date.now() + ahead;
const real = createChannels({
  readMedia: async () => null,
  mailbox: createMailbox(db),
  allowPrivateAddresses: true,
  now,
  translate,
}).get(channel);
startSender(db, [real ?? fakeChannel(sink, { name: channel, idempotent: channel === 'idempotent' })], {
  owner,
  now,
  redisUrl: redis,
  apiRoots: { [channel]: sink },
});
