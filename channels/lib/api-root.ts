// Where a bot's platform is, and what it means when its API does not answer there: for a message that was to be sent, and
// for whoever connects a bot.
import type { ChannelBot, Outcome } from '../../src/domain/channel.ts';
import { isWebAddress } from '../../src/domain/check.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { NoAnswer } from './http.ts';

/** The root of this bot's API, without a slash at the end: `usual`, unless the bot has one of its own. */
export const rootOf = ({ apiRoot }: Pick<ChannelBot, 'apiRoot'>, usual: string): string =>
  (apiRoot ?? usual).replace(/\/+$/, '');

/** Throws for what is no address. */
export function checkRoot(root: string): void {
  if (!isWebAddress(root)) throw fieldProblem('apiRoot', 'url_invalid');
}

/** Platforms call nothing but https; an API root of one's own may stand for a platform on this machine. */
export const isCallable = (url: string | null | undefined, { apiRoot }: Pick<ChannelBot, 'apiRoot'>): url is string =>
  url !== null && url !== undefined && (url.startsWith('https:') || apiRoot !== null);

/** A call that the API did not answer. */
export type Unheard =
  /** Something else answered: a proxy's page, say. */
  | { kind: 'not_an_api'; status: number }
  /** `sent` and `code` are those of `NoAnswer`. */
  | { kind: 'no_answer'; sent: boolean; code: string };

/** Why a call threw. An error that is not the client's came at a time nobody knows: the request may have left. */
export const unheardBecause = (error: unknown): Unheard =>
  error instanceof NoAnswer
    ? { kind: 'no_answer', sent: error.sent, code: error.code }
    : { kind: 'no_answer', sent: true, code: 'UNKNOWN' };

/** What becomes of the message that the call was to send. */
export function unheardOutcome(failure: Unheard): Outcome {
  if (failure.kind === 'no_answer')
    return { status: failure.sent ? 'unknown' : 'failed', detail: `no answer (${failure.code})` };
  const { status } = failure;
  // A proxy's answer for 4xx means the platform was not asked; for anything else nobody knows.
  const stopped = status >= 400 && status < 500;
  return { status: stopped ? 'failed' : 'unknown', detail: `HTTP ${status} without an answer of the API` };
}

/** What is wrong with the API root. */
export const unheardProblem = (failure: Unheard, root: string): Problem =>
  failure.kind === 'not_an_api' ? notTheApi(root, failure.status) : notReached('apiRoot', shown(root), failure.code);

/** Nobody answered at the API root; a bug is thrown on. */
export function unreachable(root: string, error: unknown): Problem {
  if (!(error instanceof NoAnswer)) throw error;
  return notReached('apiRoot', shown(root), error.code);
}

/** Something else than the platform answered there. */
export const notTheApi = (root: string, status: number): Problem =>
  fieldProblem('apiRoot', 'api_root_wrong', { address: shown(root), status });

/** Nobody answered at the address that stands in the form at `path`; `code` is that of `NoAnswer`. */
export const notReached = (path: string, address: string, code: string): Problem =>
  code === 'PRIVATE_ADDRESS'
    ? fieldProblem(path, 'api_root_private', { address })
    : fieldProblem(path, 'api_root_unreachable', { address, reason: code });

/** Never with a user and a password that somebody may have put into it. */
function shown(root: string): string {
  const { origin, pathname } = new URL(root);
  return origin + pathname.replace(/\/$/, '');
}
