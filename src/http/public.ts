// The pages subscribers see: tracked links, the checkout of a Buy button and its order. Nobody signs in here: the
// signed token in the address says whose message it was, and leads only to what was stored with that message.
import express, { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import type { Product } from '../domain/message.ts';
import type { Customer } from '../domain/orders.ts';
import { signToken } from '../domain/tracking.ts';
import { type Language, pickLanguage } from '../i18n.ts';
import { findTracked, type OwnTracked, recordMachineVisit, recordPersonVisit, type Tracked } from '../inbound/visit.ts';
import { changeOrder, placeOrder } from '../orders/orders.ts';
import { type Bot, getBotById } from '../store/bots.ts';
import { type Order, ordersOfButton } from '../store/orders.ts';
import { getSubscriberById } from '../store/subscribers.ts';
import { checkoutPage, missingPage, orderPage } from './checkout-page.ts';
import { DEMO_EXTERNAL_ID } from './demo-bot.ts';
import type { HttpDeps } from './deps.ts';
import { logOf } from './context.ts';
import { isMachine } from './machine.ts';
import { page, receiverOf } from './page.ts';
import { createRepeats, type Repeats } from './repeats.ts';

export type PublicDeps = Pick<HttpDeps, 'db' | 'keyring' | 'bus' | 'now' | 'log'>;

const FORM_LIMIT = '16kb';
/** Clicks of one person on one link that are counted within a minute; more is a script, or a cat on the keyboard. */
const CLICKS_A_MINUTE = 10;

const customerSchema = z.object({
  name: z.string().trim().max(200).optional(),
  contact: z.string().trim().max(200).optional(),
  note: z.string().trim().max(1000).optional(),
});

export function publicRouter(deps: PublicDeps): Router {
  const router = Router();
  const key = deps.keyring.derive('tracking');
  const clicks = createRepeats({ most: CLICKS_A_MINUTE, now: deps.now });
  const form = express.urlencoded({ extended: false, limit: FORM_LIMIT, parameterLimit: 20 });

  const tokenOf = (request: Request): string => String(request.params.token);
  const trackedOf = (request: Request): Promise<Tracked | null> =>
    findTracked(deps.db, key, tokenOf(request), receiverOf(request));
  const shopOf = async (request: Request): Promise<Shop | null> => findShop(deps, await trackedOf(request), request);

  router.get(
    '/r/:token',
    page(async (request, response) => {
      const tracked = await trackedOf(request);
      const url = tracked && targetOf(tracked);
      if (!url) return missing(request, response);
      await countVisit({ ...deps, log: logOf(deps.log, response) }, clicks, request, tracked);
      response.status(302).setHeader('Location', url).end();
    }),
  );

  router.get(
    '/b/:token',
    page(async (request, response) => {
      const shop = await shopOf(request);
      if (!shop) return missing(request, response);
      // From here on by the person's own address, which the order keeps.
      if (shop.tracked.shared) return goOn(response, `/b/${ownToken(key, shop.tracked)}`);
      await countVisit({ ...deps, log: logOf(deps.log, response) }, clicks, request, shop.tracked);
      const order = await currentOrder(deps, shop);
      if (order && order.state !== 'cancelled') return seeOrder(request, response);
      response.send(checkoutPage({ ...shop, action: `/b/${tokenOf(request)}` }));
    }),
  );

  router.post(
    '/b/:token',
    form,
    page(async (request, response) => {
      const shop = await shopOf(request);
      if (!shop) return missing(request, response);
      const input = customerSchema.safeParse(request.body ?? {});
      if (!input.success) {
        const wrong = new Set(input.error.issues.map(({ path }) => String(path[0])));
        response
          .status(422)
          .send(checkoutPage({ ...shop, action: `/b/${tokenOf(request)}`, tooLong: wrong, typed: request.body }));
        return;
      }
      const { delivery, link } = shop.tracked;
      await placeOrder(deps, { deliveryId: delivery.id, link, product: shop.product, customer: filledIn(input.data) });
      seeOrder(request, response);
    }),
  );

  router.get(
    '/b/:token/order',
    page(async (request, response) => {
      const shop = await shopOf(request);
      const order = shop && (await currentOrder(deps, shop));
      if (!shop || !order) return missing(request, response);
      response.send(orderPage({ ...shop, order, path: `/b/${tokenOf(request)}` }));
    }),
  );

  router.post(
    '/b/:token/pay',
    page(async (request, response) => {
      const shop = await shopOf(request);
      const order = shop?.testPayment ? await currentOrder(deps, shop) : null;
      if (!order) return missing(request, response);
      if (order.state === 'ordered') await changeOrder(deps, order.publicId, 'paid');
      seeOrder(request, response);
    }),
  );
  return router;
}

const ownToken = (key: Buffer, { delivery, link }: OwnTracked): string => signToken(key, delivery.id, link.number);

const goOn = (response: Response, path: string): void => void response.status(302).setHeader('Location', path).end();

interface Shop {
  tracked: OwnTracked;
  product: Product;
  language: Language;
  /** No money changes hands here: the order may be called paid with a button. */
  testPayment: boolean;
}

async function findShop(deps: PublicDeps, tracked: Tracked | null, request: Request): Promise<Shop | null> {
  const delivery = tracked?.delivery;
  if (!delivery || !('product' in tracked.link.target)) return null;
  const person = await getSubscriberById(deps.db, delivery.subscriberId);
  const bot = await getBotById(deps.db, delivery.botId);
  return {
    tracked: { ...tracked, delivery },
    product: tracked.link.target.product,
    language: pickLanguage(person?.locale, request.headers['accept-language']),
    testPayment: bot !== null && isForTrying(bot),
  };
}

const isForTrying = ({ settings, externalId }: Bot): boolean =>
  settings.simulated === true || (settings.widget !== undefined && externalId === DEMO_EXTERNAL_ID);

async function currentOrder(deps: PublicDeps, { tracked: { delivery, link } }: Shop): Promise<Order | null> {
  const [newest] = await ordersOfButton(deps.db, delivery.id, link.buttonId);
  return newest ?? null;
}

/** The stored address, if it is one a browser may be sent to. */
function targetOf({ link: { target } }: Tracked): string | null {
  if (!('url' in target) || !URL.canParse(target.url)) return null;
  const url = new URL(target.url);
  return ['https:', 'http:'].includes(url.protocol) ? url.href : null;
}

/** Whoever opened the address gets where they wanted, even when it could not be counted. */
async function countVisit(deps: PublicDeps, clicks: Repeats, request: Request, found: Tracked): Promise<void> {
  const { delivery, link } = found;
  if (!delivery) return;
  const tracked = { delivery, link };
  // A preview that looks often must not use up the person's own clicks.
  const machine = isMachine(request);
  if (!clicks.allow(`${tracked.delivery.id} ${tracked.link.number} ${machine}`)) return;
  try {
    await (machine ? recordMachineVisit : recordPersonVisit)(deps, tracked);
  } catch (error) {
    deps.log.error({ event: 'click.not_counted', deliveryId: tracked.delivery.id, err: error });
  }
}

const seeOrder = (request: Request, response: Response): void =>
  void response
    .status(303)
    .setHeader('Location', `/b/${String(request.params.token)}/order`)
    .end();

const missing = (request: Request, response: Response): void =>
  void response.status(404).send(missingPage(pickLanguage(request.headers['accept-language'])));

const filledIn = (customer: z.output<typeof customerSchema>): Customer =>
  Object.fromEntries(Object.entries(customer).filter(([, value]) => value !== undefined && value !== ''));
