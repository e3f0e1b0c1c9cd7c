// The two addresses a message has of its own: the one that ends the subscription, which only a POST does (RFC 8058), since
// scanners open every address; and the picture of one pixel that tells, once, that the message was opened.
import { type Request, type Response, Router } from 'express';
import { type Language, pickLanguage } from '../i18n.ts';
import { findSent, leave, type Sent } from '../inbound/leave.ts';
import { recordOpened } from '../inbound/visit.ts';
import { getSubscriberById } from '../store/subscribers.ts';
import { readBody } from './body.ts';
import { leavePage, leftPage, missingPage } from './checkout-page.ts';
import { logOf } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { isMachineAtPicture } from './machine.ts';
import { page, receiverOf } from './page.ts';

export type LeavingDeps = Pick<HttpDeps, 'db' | 'keyring' | 'bus' | 'now' | 'log' | 'channels'>;

const FORM_LIMIT = 16 * 1024;
/** As a form's field, in either encoding a form may have. */
const ONE_CLICK = /List-Unsubscribe(?:=|"\s+)One-Click/i;

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

export function leavingRouter(deps: LeavingDeps): Router {
  const router = Router();
  const key = deps.keyring.derive('tracking');
  const sentOf = (request: Request): Promise<Sent | null> =>
    findSent(deps.db, key, String(request.params.token), receiverOf(request));

  router.get(
    '/u/:token',
    page(async (request, response) => {
      const sent = await sentOf(request);
      if (!sent) return missing(request, response);
      response.send(leavePage({ ...(await wordsFor(deps, sent, request)), action: request.originalUrl }));
    }),
  );

  router.post(
    '/u/:token',
    page(async (request, response) => {
      const body = await readBody(request, response, FORM_LIMIT);
      const sent = await sentOf(request);
      if (!sent) return missing(request, response);
      const words = await wordsFor(deps, sent, request);
      if (!ONE_CLICK.test(body.toString('utf8'))) {
        response.status(422).send(leavePage({ ...words, action: request.originalUrl }));
        return;
      }
      await leave({ ...deps, trackingKey: key }, sent, String(request.params.token));
      response.send(leftPage(words));
    }),
  );

  router.get(
    '/o/:token',
    page(async (request, response) => {
      // The picture comes whatever became of the counting: a broken one would be seen.
      await countOpened({ ...deps, log: logOf(deps.log, response) }, request, () => sentOf(request));
      response.type('gif').send(PIXEL);
    }),
  );
  return router;
}

async function countOpened(deps: LeavingDeps, request: Request, find: () => Promise<Sent | null>): Promise<void> {
  // Most machines are known before anything is looked up.
  if (isMachineAtPicture(request, Infinity)) return;
  try {
    const sent = await find();
    if (!sent || !deps.channels.get(sent.bot.channel)?.capabilities.receipts.opened) return;
    const { sendingAt, sentAt } = sent.delivery;
    if (!isMachineAtPicture(request, deps.now() - (sendingAt ?? sentAt ?? 0))) await recordOpened(deps, sent);
  } catch (error) {
    deps.log.error({ event: 'opening.not_counted', err: error });
  }
}

async function wordsFor(
  { db }: LeavingDeps,
  { delivery, bot }: Sent,
  request: Request,
): Promise<{ language: Language; name: string }> {
  const person = await getSubscriberById(db, delivery.subscriberId);
  return { language: pickLanguage(person?.locale, request.headers['accept-language']), name: bot.name };
}

const missing = (request: Request, response: Response): void =>
  void response.status(404).send(missingPage(pickLanguage(request.headers['accept-language'])));
