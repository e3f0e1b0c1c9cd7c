// Why a mailing waits, as a sentence: in the reader's language, with the messenger's own title and the workspace's clock.
import { DateTime } from 'luxon';
import type { HeldWait } from '../domain/waiting.ts';
import { hasText, type Language, translate } from '../i18n.ts';
import type { Waiting } from './api/engine.ts';

export interface Words {
  language: Language;
  zone: string;
  now: number;
}

export function waitInWords({ code, params, since }: HeldWait, words: Words): Waiting {
  const { channel, name = '', host = '', until } = params;
  const text = translate(words.language, `server:waiting.${code}`, {
    name,
    host,
    channel: channel === undefined ? '' : channelTitle(channel, words.language),
    until: until === undefined ? '' : timeInWords(until, words),
  });
  return { code, params: { ...params }, text, since };
}

export function channelTitle(channel: string, language: Language): string {
  const key = `channels:${channel}.title`;
  return hasText(key) ? translate(language, key) : channel;
}

/** The time alone where it is today's, else with its day. */
export function timeInWords(at: number, { language, zone, now }: Words): string {
  const local = (ms: number): DateTime => DateTime.fromMillis(ms, { zone }).setLocale(language);
  const time = local(at);
  return time.hasSame(local(now), 'day') ? time.toFormat('HH:mm') : time.toFormat('HH:mm, d MMM');
}
