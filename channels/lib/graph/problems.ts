// What is wrong with a form that connects an account, as a Problem that names the field. The platform's own words are told
// where no field is to blame.
import type { CredentialField } from '../../../src/domain/capabilities.ts';
import type { ChannelBot } from '../../../src/domain/channel.ts';
import { fieldProblem, Problem } from '../../../src/domain/problem.ts';
import { checkCredentials } from '../credentials.ts';
import { checkRoot, unheardProblem } from '../api-root.ts';
import { GraphError, type GraphFailure, type GraphRefusal } from './client.ts';
import { detailOf, meaningOf } from './outcome.ts';

/** The shape of everything in the form, before anyone is asked. */
export function checkForm(bot: ChannelBot, fields: readonly CredentialField[], root: string): void {
  checkCredentials(bot, fields);
  checkRoot(root);
}

/** Throws what a call's failure means for whoever filled in the form. */
export const asProblem =
  (root: string) =>
  (error: unknown): never => {
    throw error instanceof GraphError ? problemOf(error.failure, root) : error;
  };

function problemOf(failure: GraphFailure, root: string): Problem {
  switch (failure.kind) {
    case 'refused':
      return refused(failure);
    case 'not_an_api':
    case 'no_answer':
      return unheardProblem(failure, root);
    default:
      return failure satisfies never;
  }
}

const SECOND_MS = 1000;
const PAUSE_SECONDS = 60;
const PROOF_REFUSED = /appsecret_proof/i;

function refused(failure: GraphRefusal): Problem {
  const reason = detailOf(failure);
  if (failure.code === 190 || failure.code === 102) return fieldProblem('credentials.token', 'token_refused');
  if (PROOF_REFUSED.test(failure.message)) return fieldProblem('credentials.app_secret', 'app_secret_refused');
  switch (meaningOf(failure, () => null)) {
    case 'pause':
    case 'slow_down': {
      const seconds = failure.waitMs === null ? PAUSE_SECONDS : Math.ceil(failure.waitMs / SECOND_MS);
      return new Problem('platform_busy', { seconds });
    }
    case 'bot':
      return fieldProblem('credentials.token', 'token_rights', { reason });
    default:
      return fieldProblem('apiRoot', 'platform_refused', { reason });
  }
}
