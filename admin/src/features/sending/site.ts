// The site a message leads to, for the advice about speed.
import type { Content } from '../shapes.ts';

export function firstSite(content: Content): string | null {
  for (const message of Object.values(content.variants)) {
    for (const element of message.elements) {
      const addresses =
        element.kind === 'buttons'
          ? element.rows.flat().flatMap((button) => (button.kind === 'link' ? [button.url] : []))
          : element.kind === 'text'
            ? element.text.flatMap((run) => run.link ?? [])
            : [];
      const found = addresses.find((address) => URL.canParse(address));
      if (found) return new URL(found).hostname;
    }
  }
  return null;
}
