// A fitted message as notifications: texts that fit together become one, a picture rides on the text behind it, buttons stand
// under what is before them. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Button, isBareAddress, type Message, type RichText } from '../../src/domain/message.ts';
import { measure } from '../../src/domain/split.ts';
import { plainRuns } from '../lib/plain.ts';
import { CAPABILITIES } from './capabilities.ts';

/** Where a button leads, or the token that is reported when it is pressed. */
export type PushButton = { label: string; url: string } | { label: string; token: string };

export interface PushPayload {
  text: string;
  image?: string;
  buttons?: PushButton[];
  /** What opens when the notification itself is clicked. */
  open?: string;
  urgent?: true;
}

/** A longer address would leave no room for the rest. */
const IMAGE_LENGTH = 1000;
const BETWEEN = '\n';
const { textUnit, textLimit } = CAPABILITIES;

export function render(message: Message, links: RenderLinks, choices: readonly string[]): PushPayload[] {
  // Buttons alone say nothing: on no channel does such a message go out.
  if (message.elements.every(({ kind }) => kind === 'buttons')) return [];
  const payloads: PushPayload[] = [];
  const begin = (payload: PushPayload): void => {
    payloads.push(choices.includes('urgent') ? { ...payload, urgent: true } : payload);
  };
  const buttons: PushButton[] = [];
  for (const element of message.elements) {
    const last = payloads.at(-1);
    switch (element.kind) {
      case 'text': {
        const text = plainRuns(element.text, links).trim();
        if (text === '') break;
        if (!last || !hasRoom(last, text)) begin({ text, ...openOf(element.text, links) });
        else Object.assign(last, { ...openOf(element.text, links), ...last, text: joined(last.text, text) });
        break;
      }
      case 'image': {
        const image = imageOf(element.source, links);
        if (image !== null) begin({ text: '', image });
        break;
      }
      case 'buttons':
        buttons.push(...element.rows.flat().flatMap((button) => renderButton(button, links)));
        break;
      default:
        element satisfies never;
    }
  }
  return withButtons(payloads, buttons);
}

/** They stand under the last notification: it is the one on top. */
function withButtons(payloads: readonly PushPayload[], buttons: readonly PushButton[]): PushPayload[] {
  const first = buttons.find((button) => 'url' in button);
  const last = payloads.at(-1) ?? (buttons.length > 0 ? { text: labelsOf(buttons) } : undefined);
  if (!last) return [];
  return [
    ...payloads.slice(0, -1),
    { ...(first && { open: first.url }), ...last, ...(buttons.length > 0 && { buttons: [...buttons] }) },
  ];
}

const labelsOf = (buttons: readonly PushButton[]): string => buttons.map(({ label }) => label).join(' · ');

const joined = (one: string, other: string): string => (one === '' ? other : one + BETWEEN + other);

const hasRoom = ({ text }: PushPayload, more: string): boolean => measure(joined(text, more), textUnit) <= textLimit;

/** The first address in the text. */
function openOf(text: RichText, links: RenderLinks): { open?: string } {
  const run = text.find(isBareAddress);
  return run ? { open: links.inline(run.link) } : {};
}

/** Fetched by the browser, so one without a public address is left out. */
function imageOf(source: string, links: RenderLinks): string | null {
  const { url } = links.image(source);
  return url !== null && url.length <= IMAGE_LENGTH ? url : null;
}

function renderButton({ id, kind, label }: Button, links: RenderLinks): PushButton[] {
  const { url, token } = links.button(id);
  switch (kind) {
    case 'link':
    case 'buy':
      return url === undefined ? [] : [{ label, url }];
    case 'message':
      return token === undefined ? [] : [{ label, token }];
    case 'contact':
      return [];
    default:
      return kind satisfies never;
  }
}
