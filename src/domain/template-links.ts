// The links in an approved template. Those that an author writes into a place-holder are tracked like any other. A button's
// address is approved beforehand and can be tracked only where it is this server's own (`https://…/r/{{1}}`): then what is
// filled in is a token, and the address to lead to is the author's.
import type { Message, RichText } from './message.ts';
import type { Template, TemplateButton } from './template.ts';

const ADDRESS = /https?:\/\/(?:\{\{[^{}]*\}\}|[^\s{}])+/gi;
/** What ends a sentence and not an address. */
const TRAILING = /[.,;:!?…)\]»”"']+$/u;

/** A parameter as runs: each address in it is a link that stands as it is. */
export function parameterRuns(text: string): RichText {
  const runs: RichText = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const url = match[0].replace(TRAILING, '');
    if (match.index > at) runs.push({ text: text.slice(at, match.index) });
    runs.push({ text: url, link: url });
    at = match.index + url.length;
  }
  if (at < text.length) runs.push({ text: text.slice(at) });
  return runs;
}

/** Where this server's own tracked addresses begin. */
export const trackedBase = (publicUrl: string): string => `${publicUrl}/r/`;

export const isTracked = ({ base }: Pick<TemplateButton, 'base'>, publicUrl: string): boolean =>
  base === trackedBase(publicUrl);

/** The addresses in the parameters, each once, in order. */
export const parameterLinks = ({ parameters }: Pick<Template, 'parameters'>): string[] => [
  ...new Set(parameters.flatMap((text) => parameterRuns(text).flatMap(({ link }) => link ?? []))),
];

/** What they are called among the links of a mailing: by names of their own, since figures are kept by name. */
export const templateLinkId = (index: number): string => `template-link-${index + 1}`;
export const templateButtonId = (index: number): string => `template-button-${index + 1}`;

const LABEL = 200;

/** All that is personal in a template, or can be clicked in it, as a message: its links are stored as any message's are. */
export function templateMessage(template: Template, publicUrl: string): Message {
  const { parameters, buttons = [] } = template;
  const tracked = buttons.filter((button) => isTracked(button, publicUrl));
  const rest = buttons.filter((button) => !isTracked(button, publicUrl));
  const links = [
    ...parameterLinks(template).map((url, index) => ({ id: templateLinkId(index), label: url.slice(0, LABEL), url })),
    ...tracked.map(({ index, label, value }) => ({ id: templateButtonId(index), label, url: value })),
  ];
  return {
    elements: [
      ...[...parameters, ...rest.map(({ value }) => value)].map((text) => ({
        kind: 'text' as const,
        text: [{ text }],
      })),
      ...(links.length === 0
        ? []
        : [{ kind: 'buttons' as const, rows: links.map((link) => [{ kind: 'link' as const, ...link }]) }]),
    ],
  };
}

/** The links of a template that nobody can count: buttons with a fixed address, or one that is filled in elsewhere. */
export const untrackedLinks = (
  { buttons = [] }: Pick<Template, 'buttons'>,
  info: { fixedLinks: number } | undefined,
  publicUrl: string,
): number => buttons.filter((button) => !isTracked(button, publicUrl)).length + (info?.fixedLinks ?? 0);
