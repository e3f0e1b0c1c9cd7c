// What is done now and then, by one process of all: old events, expired rows, files nobody needs, credentials that end. It starts when the
// server has settled, and is broken off at once when it stops.
import { sweepImportFiles } from './inbound/import-files.ts';
import { renewCredentials, type RenewalDeps } from './renewal.ts';
import { retain, type RetentionDeps } from './stats/retention.ts';

export interface Housekeeping {
  stop(): Promise<void>;
}

const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

export function startHousekeeping(deps: RetentionDeps & RenewalDeps & { dataFolder: string }): Housekeeping {
  const stopping = new AbortController();
  let pass: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      if ((await retain(deps, stopping.signal)) === null) return;
      await renewCredentials(deps, stopping.signal);
      const files = await sweepImportFiles(deps);
      if (files > 0) deps.log.info({ event: 'imports.swept', files });
    } catch (error) {
      deps.log.error({ event: 'housekeeping.failed', err: error });
    }
  }

  let timer = setTimeout(run, FIRST_MS);
  function run(): void {
    pass = sweep().finally(() => {
      if (!stopping.signal.aborted) timer = setTimeout(run, EVERY_MS);
    });
  }

  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await pass;
    },
  };
}
