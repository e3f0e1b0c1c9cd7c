// What the Graph API answers when it says no. Whoever checks throws a Refusal; the server turns it into the documented
// answer, whose status is 400 for nearly everything.
import { randomBytes } from 'node:crypto';
import type { ApiAnswer } from '../../lib/simulator/server.ts';

export class Refusal extends Error {
  readonly code: number;
  readonly subcode: number | null;
  readonly status: number;
  constructor(code: number, message: string, { subcode = null as number | null, status = 400 } = {}) {
    super(message);
    this.code = code;
    this.subcode = subcode;
    this.status = status;
  }
}

/** A parameter that is missing or wrong. */
export const badParameter = (message: string): Refusal => new Refusal(100, `(#100) ${message}`);

export const answerOf = ({ code, subcode, status, message }: Refusal): ApiAnswer => ({
  status,
  body: {
    error: {
      message,
      type: 'OAuthException',
      code,
      ...(subcode === null ? {} : { error_subcode: subcode }),
      fbtrace_id: randomBytes(8).toString('base64url'),
    },
  },
});
