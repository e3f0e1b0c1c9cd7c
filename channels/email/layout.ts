// How a letter looks: MJML with numbered slots where anything personal stands, and the values for these slots. The MJML of
// letters of one make is the same text, so it is compiled once; the values are put in afterwards, each already escaped.
import type { RichText } from '../../src/domain/message.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { Letter, LetterPart } from './render.ts';

export interface Sheet {
  mjml: string;
  /** HTML by the number of its slot. */
  values: string[];
}

export interface Frame {
  subject: string;
  footer: string;
  unsubscribeLabel: string;
  /** The address a picture has inside the letter. */
  cid: (media: string) => string;
}

const SLOT = /@@(\d+)@@/g;

/** Values are never looked at again, so one that looks like a slot stays what it is. */
export const fillSlots = (html: string, values: readonly string[]): string =>
  html.replace(SLOT, (_slot, number: string) => values[Number(number)] ?? '');

export function layOut(letter: Letter, frame: Frame): Sheet {
  const values: string[] = [];
  const slot = (html: string): string => `@@${values.push(html) - 1}@@`;
  const title = slot(escapeHtml(frame.subject));
  const sections = intoSections(letter.parts).map((section) =>
    Array.isArray(section)
      ? `<mj-section padding="0"><mj-column>${section.map((part) => element(part, slot, frame)).join('')}</mj-column></mj-section>`
      : buttonRow(section, slot),
  );
  const mjml = `<mjml><mj-head><mj-title>${title}</mj-title><mj-attributes>
<mj-all font-family="-apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif" />
<mj-text font-size="16px" line-height="1.5" color="${LIGHT.text}" />
<mj-image border-radius="6px" />
<mj-button font-size="16px" background-color="${LIGHT.button}" color="${LIGHT.label}" border-radius="${buttonRadius}px" align="left" />
</mj-attributes><mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>${STYLE}</mj-style></mj-head><mj-body background-color="${LIGHT.page}" width="600px" css-class="page">
<mj-wrapper background-color="${LIGHT.bubble}" padding="16px 0" css-class="sheet">${sections.join('')}</mj-wrapper>
${footer(letter, frame, slot)}</mj-body></mjml>`;
  return { mjml, values };
}

const { light: LIGHT, dark: DARK, buttonRadius } = CAPABILITIES.look;

/** What of a letter has another colour in the dark; programs that know no such rule make up colours of their own, or none. */
const STYLE = `:root{color-scheme:light dark}
.words a{color:${LIGHT.link}}
.words div,.row a{overflow-wrap:anywhere}
.words code{padding:1px 4px;border-radius:4px;background-color:rgba(127,127,127,.16)}
@media (prefers-color-scheme:dark){
.page,.page>div{background-color:${DARK.page}!important}
.sheet,.sheet>table{background-color:${DARK.bubble}!important}
.words div{color:${DARK.text}!important}
.words a{color:${DARK.link}!important}
.foot div,.foot a{color:${DARK.dim}!important}
.row td,.row a{background-color:${DARK.button}!important;color:${DARK.label}!important}
}`;

type Slot = (html: string) => string;
type Row = LetterPart & { kind: 'buttons' };

/** What stands below one another shares a column; a row of several buttons has columns of its own. */
function intoSections(parts: readonly LetterPart[]): (LetterPart[] | Row)[] {
  const sections: (LetterPart[] | Row)[] = [];
  for (const part of parts) {
    const last = sections.at(-1);
    if (part.kind === 'buttons' && part.buttons.length > 1) sections.push(part);
    else if (Array.isArray(last)) last.push(part);
    else sections.push([part]);
  }
  return sections;
}

const buttonRow = ({ buttons }: Row, slot: Slot): string =>
  `<mj-section padding="0">${buttons.map((one) => `<mj-column>${button(one, slot)}</mj-column>`).join('')}</mj-section>`;

const button = ({ label, url }: Row['buttons'][number], slot: Slot): string =>
  `<mj-button css-class="row" href="${slot(escapeHtml(url))}">${slot(escapeHtml(label))}</mj-button>`;

function element(part: LetterPart, slot: Slot, { cid }: Frame): string {
  switch (part.kind) {
    case 'text':
      return `<mj-text css-class="words">${slot(htmlOf(part.text))}</mj-text>`;
    case 'image': {
      const source = 'url' in part.picture ? part.picture.url : `cid:${cid(part.picture.media)}`;
      return `<mj-image src="${slot(escapeHtml(source))}" alt="${slot(escapeHtml(part.alt))}" />`;
    }
    case 'buttons':
      return part.buttons.map((one) => button(one, slot)).join('');
    default:
      return part satisfies never;
  }
}

function footer({ unsubscribe, pixel }: Letter, frame: Frame, slot: Slot): string {
  const own = frame.footer === '' ? '' : `${slot(breakLines(escapeHtml(frame.footer)))}<br />`;
  const link = `<a href="${slot(escapeHtml(unsubscribe))}" style="color:${LIGHT.dim}">${slot(escapeHtml(frame.unsubscribeLabel))}</a>`;
  const seen = `<img src="${slot(escapeHtml(pixel))}" width="1" height="1" alt="" style="display:block;border:0" />`;
  return `<mj-section padding="8px 0"><mj-column><mj-text align="center" font-size="13px" color="${LIGHT.dim}" css-class="foot">${own}${link}${seen}</mj-text></mj-column></mj-section>`;
}

const TAGS = [
  ['code', 'code'],
  ['bold', 'b'],
  ['italic', 'i'],
  ['underline', 'u'],
  ['strike', 's'],
] as const;

const htmlOf = (text: RichText): string =>
  text
    .map((run) => {
      const marked = TAGS.reduce(
        (inner, [style, tag]) => (run[style] ? `<${tag}>${inner}</${tag}>` : inner),
        breakLines(escapeHtml(run.text)),
      );
      return run.link === undefined ? marked : `<a href="${escapeHtml(run.link)}">${marked}</a>`;
    })
    .join('');

const breakLines = (html: string): string => html.replace(/\r\n?|\n/g, '<br />');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? '');

/** The same letter for those who read plain text. */
export function plainLetter(letter: Letter, { footer: own, unsubscribeLabel }: Frame): string {
  const parts = letter.parts.map((part) => {
    switch (part.kind) {
      case 'text':
        return part.text
          .map(({ text, link }) => (link === undefined || link === text ? text : `${text} (${link})`))
          .join('');
      case 'image':
        return 'url' in part.picture ? `${part.alt === '' ? '' : `${part.alt}: `}${part.picture.url}` : part.alt;
      case 'buttons':
        return part.buttons.map(({ label, url }) => `${label}: ${url}`).join('\n');
      default:
        return part satisfies never;
    }
  });
  const end = [own, `${unsubscribeLabel}: ${letter.unsubscribe}`].filter((line) => line !== '').join('\n');
  return [...parts.filter((part) => part.trim() !== ''), `-- \n${end}`].join('\n\n');
}
