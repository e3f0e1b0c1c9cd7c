// What an answer means for a message. Refusals come with HTTP 200 and a name (docs.slack.dev/reference/methods/
// chat.postMessage, "Errors"); only limits and outages have a status of their own. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import { type ApiAnswer, retryAt, words } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';
import { errorOf } from './client.ts';

const DEFAULT_WAIT_MS = 30_000;

const named = (names: string): ReadonlySet<string> => new Set(names.split(' '));

const UNREACHABLE = named(
  'channel_not_found user_not_found users_not_found user_not_visible user_disabled is_archived cannot_dm_bot ' +
    'not_in_channel user_not_in_channel restricted_action_read_only_channel restricted_action_non_threadable_channel',
);
/** The token, what it may do, or how the app is set up. */
const BOT_REFUSED = named(
  'invalid_auth not_authed account_inactive token_revoked token_expired missing_scope no_permission access_denied ' +
    'not_allowed_token_type org_login_required ekm_access_denied enterprise_is_restricted team_access_not_granted ' +
    'messages_tab_disabled restricted_action accesslimited two_factor_setup_required',
);
const CONTENT = named(
  'msg_too_long msg_blocks_too_long no_text invalid_blocks invalid_blocks_format too_many_attachments ' +
    'invalid_arguments invalid_json json_not_object invalid_post_type invalid_charset blocked_content',
);
const LIMITED = named('ratelimited rate_limited');
/** Refused before anything was done. */
const LATER = named('service_unavailable request_timeout team_added_to_org');
/** The documentation: some of it may have been done before the error. */
const UNKNOWN = named('internal_error fatal_error');

/** A file of ours that the platform has not looked over yet, or has deleted: the next try may do. */
export function isFileUnready(answer: ApiAnswer): boolean {
  const { error, more } = errorOf(answer);
  return error === 'invalid_blocks' && /slack[_ ]file/i.test(more);
}

export function outcomeOf(answer: ApiAnswer, now: number): Outcome {
  const { status, body } = answer;
  const { error, more } = errorOf(answer);
  const detail = words(error === '' ? status : error, more);
  // Whether the conversation or the workspace was too fast is not told; the engine paces conversations by itself.
  if (status === 429 || LIMITED.has(error))
    return { status: 'throttled', scope: 'bot', retryAt: retryAt(answer, now, DEFAULT_WAIT_MS) };
  const { ok, ts } = asRecord(body);
  if (status === 200 && ok === true) return { status: 'accepted', messageId: asText(ts) || null };
  if (UNREACHABLE.has(error)) return { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
  if (BOT_REFUSED.has(error) || status === 401) return { status: 'bot_refused', detail };
  // The platform fetches pictures by address; a slow host may answer the next time.
  if (CONTENT.has(error))
    return /download/i.test(more) || isFileUnready(answer)
      ? { status: 'failed', detail }
      : { status: 'refused', reason: 'content_refused', detail };
  if (LATER.has(error)) return { status: 'failed', detail };
  if (UNKNOWN.has(error)) return { status: 'unknown', detail };
  if (error !== '') return { status: 'refused', reason: 'platform_error', detail };
  return { status: status >= 400 && status < 500 ? 'failed' : 'unknown', detail };
}
