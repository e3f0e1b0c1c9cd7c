// The quiet hours of the mailings that are being sent, as they are at this moment: the workspace's may be changed while
// a mailing goes on. Mailings with the same hours share what is known about each zone.
import { type MailingSettings, quietHoursOf } from '../domain/mailing-settings.ts';
import { type Quiet, quietFor } from '../domain/quiet-hours.ts';
import type { Database } from '../store/database.ts';
import { DEFAULT_WORKSPACE, readWorkspace } from '../store/settings.ts';

export interface LiveQuiet {
  /** Reads the workspace's settings again. */
  refresh(): Promise<void>;
  of(settings: Pick<MailingSettings, 'quietHours'>): Quiet | null;
}

export function createLiveQuiet(db: Database): LiveQuiet {
  const known = new Map<string, Quiet>();
  let workspace = DEFAULT_WORKSPACE;
  return {
    async refresh() {
      const next = await readWorkspace(db);
      if (next.timeZone !== workspace.timeZone) known.clear();
      workspace = next;
    },
    of(settings) {
      const hours = quietHoursOf(settings, workspace);
      if (hours === null) return null;
      const key = `${hours.from} ${hours.to} ${hours.clock}`;
      const quiet = known.get(key) ?? quietFor(hours, workspace.timeZone);
      known.set(key, quiet);
      return quiet;
    },
  };
}
