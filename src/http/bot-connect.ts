// Connecting a bot: the form is checked by the channel's own list of fields, then the platform is asked. Nothing is
// saved here.
import type { Channel } from '../domain/channel.ts';
import { type FieldProblem, fieldProblem, Problem } from '../domain/problem.ts';
import type { HttpDeps } from './deps.ts';

export function channelNamed({ channels }: Pick<HttpDeps, 'channels'>, name: string, path = 'channel'): Channel {
  const channel = channels.get(name);
  if (!channel) throw fieldProblem(path, 'channel_unknown', { permitted: [...channels.keys()].join(', ') });
  return channel;
}

/** The credentials this channel knows, trimmed; throws with one problem per bad field. */
export function checkCredentials(channel: Channel, given: Readonly<Record<string, string>>): Record<string, string> {
  const problems: FieldProblem[] = Object.keys(given)
    .filter((key) => !channel.credentials.some((field) => field.key === key))
    .map((key) => ({ path: `credentials.${key}`, code: 'value_unknown', params: { field: key } }));
  const credentials: Record<string, string> = {};
  for (const { key, required, pattern } of channel.credentials) {
    const value = (given[key] ?? '').trim();
    const path = `credentials.${key}`;
    if (value === '') {
      if (required) problems.push({ path, code: 'credential_missing', params: { field: key } });
    } else if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
      problems.push({ path, code: 'credential_wrong', params: { field: key } });
    } else credentials[key] = value;
  }
  if (problems.length > 0) throw new Problem('invalid', { count: problems.length }, problems);
  return credentials;
}

/** Asks the platform. A channel says in a Problem what the person can mend; anything else is "no answer". */
export async function askPlatform<T>(
  { log }: Pick<HttpDeps, 'log'>,
  channel: Channel,
  ask: (channel: Channel) => Promise<T>,
): Promise<T> {
  try {
    return await ask(channel);
  } catch (error) {
    if (error instanceof Problem) throw error;
    log.warn({
      event: 'bot.unreachable',
      channel: channel.name,
      reason: error instanceof Error ? error.name : 'unknown',
    });
    throw new Problem('bot_unreachable', { channel: channel.name });
  }
}
