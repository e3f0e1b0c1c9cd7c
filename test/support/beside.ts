// One picture of a pair: the preview of a messenger on the left, on the right what a person there received, drawn from
// nothing but what the simulator kept. docs/previews.md shows them.
import type { Received } from '../../channels/lib/simulator/world.ts';
import type { OpenPage } from './browser.ts';

export interface Pair {
  title: string;
  /** A screenshot of the preview. */
  preview: Buffer;
  messages: readonly Received[];
  /** The picture that was sent, as a data address. */
  picture: string;
}

/** Pixels of the picture for each of the page: text stays legible when it is shown smaller. */
const DENSITY = 1.5;
const COLUMN = 400;

const STYLE = `
  body { margin: 0; padding: 20px 24px 24px; display: flex; gap: 32px; width: max-content; align-items: flex-start;
    background: #fff; color: #1f2328; font: 14px/1.45 "Inter Variable", Inter, "Liberation Sans", sans-serif; }
  section { width: ${COLUMN}px; }
  h2 { margin: 0 0 10px; font-size: 15px; }
  img { display: block; width: 100%; }
  .message { margin-bottom: 12px; border: 1px solid #d0d7de; border-radius: 12px; overflow: hidden; }
  .message p { margin: 0; padding: 10px 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
  .buttons { display: grid; gap: 6px; padding: 0 14px 12px; }
  .buttons div { display: flex; gap: 6px; }
  .buttons span { flex: 1; padding: 6px; border: 1px solid #8c959f; border-radius: 6px; text-align: center; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 10px; margin: 0; padding: 8px 14px;
    border-top: 1px solid #d0d7de; background: #f6f8fa; font: 11px/1.5 "Liberation Mono", monospace; }
  dt { color: #59636e; }
  dd { margin: 0; overflow-wrap: anywhere; }
  iframe { display: block; width: 100%; border: 0; }`;

export async function pictureOfPair(open: OpenPage, pair: Pair): Promise<Buffer> {
  const { page } = await open({ viewport: { width: 900, height: 600 }, deviceScaleFactor: DENSITY });
  await page.setContent(sheetOf(pair), { waitUntil: 'load' });
  // A letter is as tall as it is.
  for (const frame of await page.locator('iframe').all()) {
    await frame.evaluate((one: HTMLIFrameElement) => {
      one.style.height = `${one.contentDocument?.documentElement.scrollHeight ?? 0}px`;
    });
  }
  return page.screenshot({ fullPage: true, clip: await boxOf(page.locator('body')) });
}

async function boxOf(body: { boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null> }) {
  return (await body.boundingBox()) ?? { x: 0, y: 0, width: 900, height: 600 };
}

const sheetOf = ({ title, preview, messages, picture }: Pair): string => `<!doctype html>
  <meta charset="utf-8"><style>${STYLE}</style>
  <body>
    <section><h2>${title}: the preview</h2><img src="data:image/png;base64,${preview.toString('base64')}" alt=""></section>
    <section><h2>What the simulator received</h2>${messages.map((one) => messageOf(one, picture)).join('')}</section>
  </body>`;

function messageOf(message: Received, picture: string): string {
  const { html } = message.details;
  return `<div class="message">${typeof html === 'string' ? letter(html, picture) : chat(message, picture)}${facts(message)}</div>`;
}

/** The letter itself, with its own picture in it. */
const letter = (html: string, picture: string): string =>
  `<iframe srcdoc="${escape(html.replaceAll(/cid:[^"]+/g, picture))}"></iframe>`;

function chat({ text, picture, buttons, details }: Received, source: string): string {
  const rows = buttons.map((row) => `<div>${row.map(({ label }) => `<span>${escape(label)}</span>`).join('')}</div>`);
  return [
    picture === null ? '' : `<img src="${source}" alt="">`,
    text === '' ? '' : `<p>${formatted(text, details.entities)}</p>`,
    rows.length === 0 ? '' : `<div class="buttons">${rows.join('')}</div>`,
  ].join('');
}

/** Where the platform is told of bold stretches beside the text. */
function formatted(text: string, entities: unknown): string {
  let html = '';
  let at = 0;
  for (const { type, offset, length } of Array.isArray(entities) ? (entities as Entity[]) : []) {
    if (type !== 'bold') continue;
    html += `${escape(text.slice(at, offset))}<b>${escape(text.slice(offset, offset + length))}</b>`;
    at = offset + length;
  }
  return html + escape(text.slice(at));
}

interface Entity {
  type: string;
  offset: number;
  length: number;
}

/** What a person does not see: the call, the receiver, where the buttons lead. */
function facts({ method, address, picture, buttons, details }: Received): string {
  const rows: [string, string][] = [
    ['call', method],
    ['to', address],
    ...(picture === null ? [] : [['picture', picture] as [string, string]]),
    ...buttons.flat().map(({ label, url, data }): [string, string] => [label, url ?? `answers ${data ?? ''}`]),
    ...Object.entries(details).flatMap(([key, value]): [string, string][] =>
      key !== 'html' && (typeof value === 'number' || (typeof value === 'string' && value !== ''))
        ? [[key, String(value)]]
        : [],
    ),
  ];
  return `<dl>${rows.map(([key, value]) => `<dt>${escape(key)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>`;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
