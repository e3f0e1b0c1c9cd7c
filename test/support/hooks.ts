// Root hooks of every mocha run: what the tests started is stopped.
import { stopMariadb } from './databases.ts';

export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopMariadb();
  },
};
