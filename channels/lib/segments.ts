// How a text travels over a mobile network: in the seven-bit alphabet where every character is in it, in UCS-2 where one
// is not, and in parts where it is long (3GPP TS 23.038 and 23.040). Pure: the counter and the sender share this one rule.

export type Encoding = 'gsm7' | 'ucs2';

export interface Segments {
  encoding: Encoding;
  /** Septets or 16-bit units, all in all. */
  units: number;
  /** What goes out, and is paid for, one by one. */
  parts: string[];
}

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Behind an escape: two septets each. */
const EXTENDED = new Set('^{}\\[~]|€\f');

/** Units of a message that stands alone, and of each part of a longer one, whose header takes six octets. */
const ROOM = { gsm7: { alone: 160, part: 153 }, ucs2: { alone: 70, part: 67 } } as const;

export const encodingOf = (text: string): Encoding => {
  for (const character of text) if (!BASIC.has(character) && !EXTENDED.has(character)) return 'ucs2';
  return 'gsm7';
};

/** The text in the parts it travels in; an empty one takes one part. */
export function segmentsOf(text: string): Segments {
  const encoding = encodingOf(text);
  const width = (character: string): number =>
    encoding === 'ucs2' ? character.length : EXTENDED.has(character) ? 2 : 1;
  let units = 0;
  for (const character of text) units += width(character);
  return { encoding, units, parts: units <= ROOM[encoding].alone ? [text] : cut(text, ROOM[encoding].part, width) };
}

/** How many messages the network counts for these texts. */
export const partsOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + segmentsOf(text).parts.length, 0);

/** Never between an escape and its character, nor inside a pair of surrogates. */
function cut(text: string, room: number, width: (character: string) => number): string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const character of text) {
    const wide = width(character);
    if (used + wide > room) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += character;
    used += wide;
  }
  return [...parts, part];
}
