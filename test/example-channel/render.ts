// A fitted message as calls: one per block of the common layout. Pure.
import { plainRuns } from '../../channels/lib/plain.ts';
import type { RenderLinks } from '../../src/domain/channel.ts';
import { layout } from '../../src/domain/layout.ts';
import type { Button, Message } from '../../src/domain/message.ts';
import { CAPABILITIES } from './capabilities.ts';

export type ExampleButton = { label: string; url: string } | { label: string; token: string };

export interface ExamplePayload {
  text: string;
  image?: string;
  buttons?: ExampleButton[][];
}

export const render = (message: Message, links: RenderLinks): ExamplePayload[] =>
  layout(message, CAPABILITIES).flatMap((block) => {
    const buttons = block.rows.map((row) => row.flatMap((button) => renderButton(button, links)));
    const text = plainRuns(block.kind === 'text' ? block.text : block.caption, links);
    // This platform fetches pictures: one without a public address is left out.
    const image = block.kind === 'image' ? links.image(block.source).url : null;
    if (text.trim() === '' && image === null) return [];
    return { text, ...(image === null ? {} : { image }), ...(buttons.length > 0 ? { buttons } : {}) };
  });

function renderButton({ id, kind, label }: Button, links: RenderLinks): ExampleButton[] {
  const { url, token } = links.button(id);
  if (kind === 'message') return token === undefined ? [] : [{ label, token }];
  return url === undefined ? [] : [{ label, url }];
}
