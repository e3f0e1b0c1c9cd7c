// The addresses and tokens that are rendered into a message: signed, short, and each person's own, unless the platform takes
// one payload for many receivers. Then they are the mailing's, and the platform or the presser tells who it was.
import type { Capabilities } from '../domain/capabilities.ts';
import type { RenderLinks } from '../domain/channel.ts';
import { buttonOfAddress } from '../domain/message.ts';
import { signSharedToken, signToken, THE_MESSAGE } from '../domain/tracking.ts';
import type { StoredLink } from '../store/links.ts';

export interface LinkParts {
  key: Buffer;
  /** The server's public address. */
  base: string;
  deliveryId: number;
  links: readonly StoredLink[];
  /** The mailing, and how its channel sends to many, where the message is the same for all of them. */
  shared?: { campaignId: number; batch: Capabilities['batch'] };
  /** Told when an address or a token of this one person is asked for. */
  asked?: () => void;
}

export function linksFor({ key, base, deliveryId, links, shared, asked }: LinkParts): RenderLinks {
  const own = (number: number): string => {
    asked?.();
    return signToken(key, deliveryId, number);
  };
  const identical = shared?.batch.identical ? shared : null;
  const receiver = identical?.batch.placeholder ?? null;
  const address = (path: string, number: number): string =>
    identical && receiver !== null
      ? `${base}/${path}/${signSharedToken(key, identical.campaignId, number)}?to=${receiver}`
      : `${base}/${path}/${own(number)}`;
  const button = (id: string): { url?: string; token?: string } => {
    const link = links.find((candidate) => candidate.buttonId === id && candidate.kind !== 'inline');
    if (!link) return {};
    // Who presses is known by the address that the press comes from.
    if (link.kind === 'message')
      return { token: identical ? signSharedToken(key, identical.campaignId, link.number) : own(link.number) };
    return { url: address(link.kind === 'buy' ? 'b' : 'r', link.number) };
  };
  const image = (source: string): { url: string | null; media: string | null } =>
    source.startsWith('media:')
      ? { url: `${base}/media/${source.slice('media:'.length)}`, media: source.slice('media:'.length) }
      : { url: source, media: null };
  return {
    button,
    inline(url) {
      const asButton = buttonOfAddress(url);
      if (asButton !== null) return button(asButton).url ?? base;
      const link = links.find(({ kind, target }) => kind === 'inline' && 'url' in target && target.url === url);
      return link ? address('r', link.number) : (image(url).url ?? url);
    },
    image,
    unsubscribe: () => address('u', THE_MESSAGE),
    pixel: () => address('o', THE_MESSAGE),
  };
}
