// Looks for secrets in what a channel lets others see: an outcome, an error with its cause, an answer.
import { expect } from 'chai';

export function hideNone(what: unknown, secrets: readonly string[]): void {
  const text = textOf(what);
  for (const secret of secrets) expect(text.includes(secret), 'a secret is told').to.equal(false);
}

const textOf = (what: unknown): string =>
  what instanceof Error
    ? `${what.message} ${what.stack ?? ''} ${JSON.stringify(what)} ${textOf(what.cause)}`
    : (JSON.stringify(what) ?? '');
