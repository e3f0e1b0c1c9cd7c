// Checks of what a message may hold. The platform looks at the message itself; the keyboard is looked at by the app, so
// what is wrong with it is told later, by an event.
import { isRecord } from '../../lib/json.ts';
import type { Content, ReceivedButton } from '../../lib/simulator/world.ts';

export type Checked =
  | { content: Content }
  /** Refused at once. */
  | { status: number; message: string }
  /** Taken, and refused on the phone. */
  | { failed: string };

const BAD_DATA = 3;
const MISSING_DATA = 4;
const INCOMPATIBLE = 14;

const SENDER_NAME_MAX = 28;
const TEXT_MAX = 7000;
const CAPTION_MAX = 768;
const TRACKING_MAX = 4000;
const COLUMNS = 6;
const ROWS_MAX = 12;
const LABEL_MAX = 250;
const SHARE_VERSION = 3;
const ACTIONS = new Set(['reply', 'open-url', 'location-picker', 'share-phone', 'none']);

const bad = (what: string): Checked => ({ status: BAD_DATA, message: `badData: ${what}` });
const missing = (what: string): Checked => ({ status: MISSING_DATA, message: `missingData: ${what}` });

export function checkMessage(message: Record<string, unknown>): Checked {
  const { sender, type, text, media, tracking_data: tracking = '', min_api_version: version = 1, keyboard } = message;
  if (!isRecord(sender) || typeof sender.name !== 'string' || sender.name === '') return missing('sender.name');
  if ([...sender.name].length > SENDER_NAME_MAX) return bad('sender.name is too long');
  if (typeof tracking !== 'string' || tracking.length > TRACKING_MAX) return bad('tracking_data');
  if (!Number.isSafeInteger(version) || Number(version) < 1) return bad('min_api_version');
  if (typeof text !== 'string') return missing('text');
  switch (type) {
    case 'text':
      if (text === '') return missing('text');
      if (text.length > TEXT_MAX) return bad('text is too long');
      break;
    case 'picture':
      if (typeof media !== 'string' || media === '') return missing('media');
      if (!isPicture(media)) return bad('media is no picture');
      if (text.length > CAPTION_MAX) return bad('text is too long');
      break;
    default:
      return bad('type');
  }
  const buttons = keyboard === undefined ? [] : readKeyboard(keyboard, Number(version));
  if (!Array.isArray(buttons)) return buttons;
  return {
    content: {
      method: type,
      text,
      picture: type === 'picture' ? String(media) : null,
      buttons,
      links: text.match(/https?:\/\/\S+/g) ?? [],
      details: { tracking_data: tracking, min_api_version: version },
    },
  };
}

/** By its ending, which the platform looks at. */
function isPicture(media: string): boolean {
  if (!URL.canParse(media)) return false;
  const { protocol, pathname } = new URL(media);
  return /^https?:$/.test(protocol) && /\.(jpe?g|png|gif)$/i.test(pathname);
}

/** Rows as the app lays them out: as many buttons as six columns hold. */
function readKeyboard(keyboard: unknown, version: number): ReceivedButton[][] | Checked {
  if (!isRecord(keyboard)) return bad('keyboard');
  const { Type: kind, Buttons: buttons } = keyboard;
  if (kind !== 'keyboard') return bad('keyboard.Type');
  if (!Array.isArray(buttons) || buttons.length === 0) return { failed: 'keyboard without buttons' };
  const rows: ReceivedButton[][] = [];
  let left = 0;
  for (const button of buttons as unknown[]) {
    const read = readButton(button, version);
    if ('status' in read || 'failed' in read) return read;
    if (read.columns > left) {
      rows.push([]);
      left = COLUMNS;
    }
    left -= read.columns;
    rows.at(-1)?.push(read.button);
  }
  return rows.length > ROWS_MAX ? { failed: 'keyboard has too many rows' } : rows;
}

type ReadButton = { columns: number; button: ReceivedButton } | Exclude<Checked, { content: Content }>;

function readButton(button: unknown, version: number): ReadButton {
  if (!isRecord(button)) return { failed: 'button is no object' };
  const {
    Columns: columns = COLUMNS,
    Rows: rows = 1,
    ActionType: action = 'reply',
    ActionBody: body,
    Text: text,
  } = button;
  if (!isWithin(columns, COLUMNS) || !isWithin(rows, 2)) return { failed: 'button is too large' };
  if (typeof action !== 'string' || !ACTIONS.has(action)) return { failed: 'button has an unknown action' };
  if (typeof body !== 'string' || body === '') return { failed: 'button has no action body' };
  if (typeof text !== 'string' || text === '' || text.length > LABEL_MAX)
    return { failed: 'button has no proper text' };
  if (action === 'share-phone' && version < SHARE_VERSION)
    return { status: INCOMPATIBLE, message: 'incompatibleWithVersion' };
  const label = text.replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  switch (action) {
    case 'open-url':
      return URL.canParse(body) && /^https?:/.test(body)
        ? { columns, button: { label, url: body } }
        : { failed: 'button has no address' };
    case 'share-phone':
      return { columns, button: { label, contact: true } };
    default:
      return { columns, button: action === 'reply' ? { label, data: body } : { label } };
  }
}

const isWithin = (value: unknown, most: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;
