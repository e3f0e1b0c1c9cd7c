// The words by which people leave, come back and ask for help where there is no button for it: SMS, e-mail, chats. Only a
// message that is nothing but such a word counts, so that nobody leaves by a sentence that happens to hold one.

export type Keyword = 'stop' | 'start' | 'help';

/**
 * English words are those the carriers demand (CTIA Messaging Principles; Twilio's defaults); the other languages have what
 * people write there, with and without their marks where the bare letters are no other word: Vietnamese "dung" may be
 * "đúng" (right) and "huy" may be a name, so both are missing. "Yes" is too often an answer to something else.
 */
const WORDS: Readonly<Record<Keyword, readonly string[]>> = {
  stop: [
    'stop, stopall, stop all, unsubscribe, cancel, end, quit, revoke, optout, opt out',
    'стоп, відписатися, відписатись, відписка, скасувати, припинити',
    'отписаться, отписка, отмена, отменить, прекратить',
    'parar, detener, cancelar, baja, darse de baja, darme de baja, salir',
    'dừng, dừng lại, ngừng, ngung, hủy, huỷ, hủy đăng ký, huỷ đăng ký, huy dang ky, từ chối, tu choi',
  ],
  start: [
    'start, unstop, subscribe',
    'старт, почати, підписатися, підписатись, підписка',
    'начать, подписаться, подписка',
    'iniciar, empezar, comenzar, alta, suscribir, suscribirse, suscribirme',
    'bắt đầu, bat dau, đăng ký, dang ky',
  ],
  help: [
    'help, info',
    'допомога, довідка, інфо',
    'помощь, справка, инфо',
    'ayuda, información, informacion',
    'trợ giúp, tro giup, giúp đỡ, hỗ trợ, ho tro',
  ],
};

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  (['stop', 'start', 'help'] as const).flatMap((keyword) =>
    WORDS[keyword].flatMap((line) => line.split(', ')).map((word): [string, Keyword] => [fold(word), keyword]),
  ),
);

/** No keyword is longer, and a text may be. */
const LONGEST = 40;

/** What the whole message asks for; null for anything else. */
export function readKeyword(text: string): Keyword | null {
  const trimmed = text.trim();
  return trimmed.length > LONGEST ? null : (KEYWORDS.get(fold(trimmed)) ?? null);
}

const START_WITH_TAG = /^\s*start\s+([\w.-]{1,190})\s*$/i;

/** `START spring`: the campaign tag of the link that led here; null where the message is anything else. */
export const startTag = (text: string): string | null => START_WITH_TAG.exec(text)?.[1] ?? null;

/** Case, width and whatever is neither letter nor digit (quotes, full stops, emoji, a slash before it) say nothing. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
