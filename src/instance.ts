// Keeps a restored copy from sending: compares the id in the database with the one beside the configuration, before
// anything goes out, and writes both when a person confirms. While in doubt nothing here is written.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Bus } from './bus.ts';
import type { Config } from './config.ts';
import {
  type Claim,
  confirmedId,
  doubt,
  type Doubt,
  firstId,
  type Instance,
  type InstanceState,
} from './domain/instance.ts';
import { Problem } from './domain/problem.ts';
import { translate } from './i18n.ts';
import { readInstanceFile, writeInstanceFile } from './instance-file.ts';
import type { Logger } from './log.ts';
import { type Database, isMysql } from './store/database.ts';
import {
  countUnderWay,
  lastSentAt,
  readInstance,
  settleInstance,
  type StoredInstance,
  writeInstance,
} from './store/instance.ts';
import { liveSenders } from './store/senders.ts';

export interface InstanceDeps {
  config: Pick<Config, 'instanceId' | 'dataFolder'>;
  db: Database;
  bus: Bus;
  log: Logger;
  now: () => number;
}

export function createInstance({ config, db, bus, log, now }: InstanceDeps): Instance {
  const host = hostname();
  let claim = readClaim();
  /** Undefined until the first look. */
  let known: Doubt | null | undefined;

  function readClaim(): Claim | null {
    if (config.instanceId) return { from: 'variable', id: config.instanceId };
    return readInstanceFile(config.dataFolder);
  }

  function keep(id: string): void {
    if (doubt(id, claim) === null) return;
    if (!config.instanceId) writeInstanceFile(config.dataFolder, id);
    claim = readClaim();
  }

  /**
   * The first start on a database: whoever is first names it, and whoever starts beside it takes the name over. The file
   * comes first, so that a process that finds the name in the database finds it in the folder too.
   */
  async function begin(): Promise<StoredInstance> {
    claim = readClaim();
    const id = firstId(claim, randomUUID());
    keep(id);
    const stored = await settleInstance(db, { id, since: now(), host });
    keep(stored.id);
    return stored;
  }

  async function look(): Promise<{ stored: StoredInstance; found: Doubt | null }> {
    const stored = (await readInstance(db)) ?? (await begin());
    // A process beside us may have written the file since.
    if (doubt(stored.id, claim) !== null) claim = readClaim();
    const found = doubt(stored.id, claim);
    const before = known;
    known = found;
    if (found !== before && !(found === null && before === undefined)) tell(stored, found);
    return { stored, found };
  }

  function tell({ host: last }: StoredInstance, found: Doubt | null): void {
    if (found === null) log.info({ event: 'instance.confirmed' });
    else {
      const remedy = translate('en', `server:instance.${found}`, { host: last });
      log.warn({ event: 'instance.unconfirmed', doubt: found, remedy });
    }
    bus.publish('instance');
  }

  /** Only confirmed processes are among the senders. An SQLite file serves one process: what it lists is its past. */
  async function sendersElsewhere(): Promise<InstanceState['sendingElsewhere']> {
    return isMysql(db) ? (await liveSenders(db)).map(({ host, seenAt }) => ({ host, seenAt })) : [];
  }

  return {
    isConfirmed: async () => (await look()).found === null,
    async state() {
      const { stored, found } = await look();
      return {
        doubt: found,
        since: stored.since,
        host: stored.host,
        mailings: await countUnderWay(db, now()),
        lastSentAt: await lastSentAt(db),
        sendingElsewhere: found === null ? [] : await sendersElsewhere(),
      };
    },
    async confirm() {
      const { found } = await look();
      if (found === null) return;
      const [other] = await sendersElsewhere();
      if (other) throw new Problem('instance_in_use', { host: other.host });
      const stored = { id: confirmedId(claim, randomUUID()), since: now(), host };
      // The file first: where it cannot be written all stays as it was.
      keep(stored.id);
      await writeInstance(db, stored);
      await look();
    },
  };
}
