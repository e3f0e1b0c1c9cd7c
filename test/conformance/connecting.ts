// A bot that cannot be connected: both ways of asking name the field and the fault, and tell no secret.
import { expect } from 'chai';
import { Problem } from '../../src/domain/problem.ts';
import { hasText } from '../../src/i18n.ts';
import type { ConformanceFixtures, CreateChannel } from './fixtures.ts';
import { hideNone } from './secrets.ts';

export function declareConnecting(create: CreateChannel, { faults, secrets }: ConformanceFixtures): void {
  for (const { title, bot, path, code } of faults) {
    it(`does not connect with ${title}: ${code} at ${path}`, async () => {
      const channel = create();
      for (const asked of [channel.check(bot), channel.connect(bot, null)]) {
        const error: unknown = await asked.then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(Problem);
        expect((error as Problem).fields.map((field) => `${field.code} at ${field.path}`)).to.deep.equal([
          `${code} at ${path}`,
        ]);
        hideNone(error, secrets);
      }
      expect(hasText(`problems:${code}`), `problems:${code}`).to.equal(true);
    });
  }
}
