// What is wrong with a form that connects an account, as a Problem that names the field. The platform's own words are told
// where no field is to blame.
import type { ChannelBot, CredentialField } from '../../../src/domain/channel.ts';
import { isWebAddress } from '../../../src/domain/check.ts';
import { fieldProblem, Problem } from '../../../src/domain/problem.ts';
import { GraphError, type GraphFailure } from './client.ts';
import { detailOf, meaningOf } from './outcome.ts';

/** The shape of everything in the form, before anyone is asked. */
export function checkForm(bot: ChannelBot, fields: readonly CredentialField[], root: string): void {
  for (const { key, pattern, required } of fields) {
    const value = bot.credentials[key] ?? '';
    const path = `credentials.${key}`;
    if (value === '' && required) throw fieldProblem(path, 'credential_missing', { field: key });
    if (value !== '' && pattern !== undefined && !new RegExp(pattern, 'u').test(value))
      throw fieldProblem(path, 'credential_wrong', { field: key });
  }
  if (!isWebAddress(root)) throw fieldProblem('apiRoot', 'url_invalid');
}

/** Throws what a call's failure means for whoever filled in the form. */
export const asProblem =
  (root: string) =>
  (error: unknown): never => {
    throw error instanceof GraphError ? problemOf(error.failure, root) : error;
  };

const SECOND_MS = 1000;
const PAUSE_SECONDS = 60;

function problemOf(failure: GraphFailure, root: string): Problem {
  // Never with a user and a password that somebody may have put into it.
  const { origin, pathname } = new URL(root);
  const address = origin + pathname.replace(/\/$/, '');
  switch (failure.kind) {
    case 'refused':
      return refused(failure);
    case 'not_an_api':
      return fieldProblem('apiRoot', 'api_root_wrong', { address, status: failure.status });
    case 'no_answer':
      return failure.code === 'PRIVATE_ADDRESS'
        ? fieldProblem('apiRoot', 'api_root_private', { address })
        : fieldProblem('apiRoot', 'api_root_unreachable', { address, reason: failure.code });
    default:
      return failure satisfies never;
  }
}

const PROOF_REFUSED = /appsecret_proof/i;

function refused(failure: GraphFailure & { kind: 'refused' }): Problem {
  const reason = detailOf(failure);
  if (failure.code === 190 || failure.code === 102) return fieldProblem('credentials.token', 'token_refused');
  if (PROOF_REFUSED.test(failure.message)) return fieldProblem('credentials.app_secret', 'app_secret_refused');
  switch (meaningOf(failure, () => null)) {
    case 'pause': {
      const seconds = failure.waitMs === null ? PAUSE_SECONDS : Math.ceil(failure.waitMs / SECOND_MS);
      return new Problem('platform_busy', { seconds });
    }
    case 'bot':
      return fieldProblem('credentials.token', 'token_rights', { reason });
    default:
      return fieldProblem('apiRoot', 'platform_refused', { reason });
  }
}
