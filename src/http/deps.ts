// Everything the HTTP side is given by the composition root.
import type { Bus } from '../bus.ts';
import type { Config } from '../config.ts';
import type { Channel } from '../domain/channel.ts';
import type { Instance } from '../domain/instance.ts';
import type { SimulatorControl } from '../domain/simulator.ts';
import type { Logger } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Database } from '../store/database.ts';
import type { Keyring } from '../store/secrets.ts';
import type { Actor } from './context.ts';

export interface HttpDeps {
  config: Config;
  db: Database;
  keyring: Keyring;
  channels: ReadonlyMap<string, Channel>;
  bus: Bus;
  log: Logger;
  meter: Meter;
  /** Asked to stop: answers go on while what is in flight is finished, but nobody should come anew. */
  isStopping: () => boolean;
  now: () => number;
  /** Where this server is found, for links in pages and snippets; without a slash at the end. */
  publicUrl: () => string;
  /** The workspace's settings were changed through the API. */
  onWorkspaceChanged?: () => Promise<void>;
  simulator: SimulatorControl;
  /** Whether this server is the one that sends. */
  instance: Instance;
  /** Who every request is from, where only this machine's own operator can ask. */
  operator?: Actor;
  /** Of the one-time link; null once the server has its owner. */
  setupToken: string | null;
  /** Folders of the built admin page and widget. */
  assets: { admin: string; widget: string };
}
