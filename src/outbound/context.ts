// What every part of the engine is handed: the house it works in. Nothing here does anything.
import type { Bus } from '../bus.ts';
import type { Channel } from '../domain/channel.ts';
import type { Instance } from '../domain/instance.ts';
import type { Logger } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Bot } from '../store/bots.ts';
import type { Database } from '../store/database.ts';
import type { Keyring } from '../store/secrets.ts';

export interface OutboundDeps {
  db: Database;
  keyring: Keyring;
  channels: ReadonlyMap<string, Channel>;
  apiRoots: Readonly<Record<string, string>>;
  bus: Bus;
  log: Logger;
  now: () => number;
  random: () => number;
  publicUrl: () => string;
  /** Names this process in leases; never used twice. */
  owner: string;
  /** Keeps a restored copy from sending; left out where a database was made for the run. */
  instance?: Pick<Instance, 'isConfirmed'>;
  /** What this process counts about itself; its own where nobody reads it. */
  meter?: Meter;
  /** Told of all bots as often as they are read. */
  sawBots?: (bots: readonly Bot[]) => void;
  /** Work that has not moved for so long is stuck. */
  stuckAfterMs?: number;
  /** Where several processes share their limits; limits are this process's own without it. */
  redisUrl?: string | null;
  /** Ends every call under way: one that had begun stays unknown, one that had not was not made. */
  hangUp?: () => void;
}

/** The messages of one lane that may be stamped and not yet settled: what a kill can leave unconfirmed. */
export const IN_FLIGHT = 512;

/** Most that one stamp covers, so that it runs little ahead of the wire. */
export const STAMP_GROUP = 128;

export const LEASE_MS = 30_000;
