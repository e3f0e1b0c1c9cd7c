// Whether a platform can get at the pictures of a message: some fetch them by address and take no bytes, and where this server
// has no public https address there is nothing to fetch.
import type { Capabilities } from './capabilities.ts';
import type { Message } from './message.ts';

export interface OutOfReach {
  /** Of the element, within the message. */
  path: string;
  code: 'picture_needs_public' | 'picture_needs_https';
}

/** `publicUrl`: where our own pictures are served. */
export function picturesOutOfReach(
  message: Message,
  { pictures }: Pick<Capabilities, 'pictures'>,
  publicUrl: string,
): OutOfReach[] {
  if (!pictures) return [];
  const isHttps = (address: string): boolean => /^https:/i.test(address);
  return message.elements.flatMap((element, index): OutOfReach[] => {
    if (element.kind !== 'image') return [];
    const path = `elements.${index}.source`;
    if (element.source.startsWith('media:'))
      return pictures.upload || !pictures.https || isHttps(publicUrl) ? [] : [{ path, code: 'picture_needs_public' }];
    return pictures.https && /^http:/i.test(element.source) ? [{ path, code: 'picture_needs_https' }] : [];
  });
}
