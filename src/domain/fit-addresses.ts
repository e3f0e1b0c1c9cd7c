// The texts that addresses become where a channel cannot hide them behind words, a picture or a button. Such an address
// is a run of its own, its text its link, so that the tracked one takes its place when the message is rendered.
import { type Button, buttonAddress, isBareAddress, type RichText, type Run } from './message.ts';

const address = (link: string): Run => ({ text: link, link });

/** `words: address`, for every link that hides behind words. */
export function besideWords(text: RichText): RichText {
  return text.flatMap((run, index): Run[] => {
    if (run.link === undefined) return [run];
    const next = text[index + 1];
    const gap = next !== undefined && FUSES.test(next.text) ? ' ' : '';
    if (isBareAddress(run)) return gap === '' ? [run] : [run, { text: gap }];
    const { link, ...words } = run;
    // Its words go on in another formatting.
    if (next?.link === link && !isBareAddress(next)) return [words];
    const said = words.text.trimEnd();
    const blanks = words.text.slice(said.length) || gap;
    if (said === '') return [{ ...words, text: words.text === '' ? '' : ' ' }, address(link), { text: blanks }];
    return [
      { ...words, text: `${said}${ENDS.test(said) ? ' ' : ': '}` },
      address(link),
      ...(blanks === '' ? [] : [{ text: blanks }]),
    ];
  });
}

/** What would be read as part of an address right before it. */
const FUSES = /^[^\s.,;:!?…)\]}'"»”]/u;
const ENDS = /[.,;:!?…–—-]$/u;

/** A picture on a channel without pictures. */
export function pictureLine(source: string, alt: string, behindWords: boolean): RichText {
  if (behindWords) return [{ text: alt || (source.startsWith('media:') ? PICTURE : source), link: source }];
  return alt === '' ? [address(source)] : [{ text: `${alt}: ` }, address(source)];
}

/** A sign that needs no translation: an uploaded picture's own name means nothing to people. */
const PICTURE = '🖼';

/** A button on a channel without such buttons. */
export function buttonLine({ id, label }: Button, number: number, behindWords: boolean): RichText {
  const link = buttonAddress(id);
  return behindWords
    ? [{ text: `${number}. ` }, { text: label, link }]
    : [{ text: `${number}. ${label}: ` }, address(link)];
}
