// What every page and address that subscribers open has in common: nothing of it is kept, indexed or told to others.
import type { Request, Response } from 'express';
import { CONTENT_SECURITY_POLICY } from './checkout-page.ts';

type Answer = (request: Request, response: Response) => Promise<void>;

export const page =
  (answer: Answer): Answer =>
  (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('X-Robots-Tag', 'noindex, nofollow');
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    return answer(request, response);
  };

/** Who opened an address that is the same for many: the platform put the receiver's id there. */
export const receiverOf = ({ query: { to } }: Request): string | undefined => (typeof to === 'string' ? to : undefined);
