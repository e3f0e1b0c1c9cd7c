// What is Messenger's own about a simulated page and its people: ids, tokens, the app it belongs to, the window of each
// conversation, and how each act is told as a signed webhook.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Ledger } from '../../lib/simulator/ledger.ts';
import { BadWish, type BotWish, type Messenger } from '../../lib/simulator/messenger.ts';
import { Outbox, type Post } from '../../lib/simulator/outbox.ts';
import { personAt } from '../../lib/simulator/people.ts';
import type { Received, SimulatedBot, World } from '../../lib/simulator/world.ts';

/** The app's webhook for pages, and the fields it wants. */
export interface Subscription {
  callbackUrl: string;
  fields: ReadonlySet<string>;
}

export interface FacebookPage extends SimulatedBot {
  token: string;
  app: { id: string; secret: string; subscription: Subscription | null };
  /** The fields for which the page is subscribed to the app; null while it is not. */
  subscribed: ReadonlySet<string> | null;
  /** What the Get Started button sends; null while it is not set. */
  getStarted: string | null;
  /** When each person spoke last, by index; people of an earlier run spoke when this one began. */
  spoke: Map<number, number>;
  /** Reusable pictures. */
  attachments: Map<string, Buffer | null>;
  updates: PageUpdates;
}

export type FacebookWorld = World<FacebookPage>;

const FIRST_PSID = 6_000_000_000_000_000;
const TOKEN = /^EAA[A-Za-z0-9_-]{20,500}$/;
const SECRET = /^[0-9a-f]{32}$/i;

const psidOf = (index: number): string => String(FIRST_PSID + index);
export const indexOfPsid = (psid: string): number | null => (/^\d{16}$/.test(psid) ? Number(psid) - FIRST_PSID : null);

export const newMessageId = (): string => `m_${randomBytes(42).toString('base64url')}`;

/** The same number for the same text, shaped as the platform's ids are. */
const idFrom = (text: string): string =>
  `1${BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 14)}`)}`.slice(0, 15).padEnd(15, '0');

export const pageWithToken = (world: FacebookWorld, token: string): FacebookPage | null => {
  const page = world.bots.get(idFrom(token));
  return page?.token === token ? page : null;
};

export const createMessenger = (world: FacebookWorld): Messenger<FacebookPage> => {
  const say = (page: FacebookPage, index: number, message: Record<string, unknown>): void =>
    speak(world, page, index, 'messages', { message: { mid: newMessageId(), ...message } });
  return {
    addressOf: psidOf,
    indexOf: indexOfPsid,
    createBot: (wish) => createPage(world, wish),
    silence: (page, index, ms) => void page.spoke.set(index, world.now() - ms),
    tell: {
      started: (page, index, ref) => tellStart(world, page, index, ref),
      stopped: (page, index) => say(page, index, { text: 'STOP' }),
      replied: (page, index, text) => say(page, index, { text }),
      blocked: () => undefined,
      unblocked: () => undefined,
      pressed: (page, { person }, { label, data }) =>
        speak(world, page, person, 'messaging_postbacks', {
          postback: { mid: newMessageId(), title: label, payload: data },
        }),
      shared(page, { person }) {
        const { phone } = personAt(person);
        say(page, person, { text: phone, quick_reply: { payload: phone } });
      },
      delivered: (page, received) =>
        page.updates.tell(
          'message_deliveries',
          eventOf(world, page, received.person, { delivery: delivery(world, received) }),
        ),
      opened: (page, { person, at }) =>
        page.updates.tell('message_reads', eventOf(world, page, person, { read: { watermark: at } })),
    },
  };
};

/** The ids are there for some of the people only, as with the platform. */
const delivery = (world: FacebookWorld, { messageId, at }: Received): Record<string, unknown> => ({
  ...(world.random() < 0.5 ? { mids: [messageId] } : {}),
  watermark: at,
});

/** A new conversation begins with the button; in one that is there a link brings its tag by itself. */
function tellStart(world: FacebookWorld, page: FacebookPage, index: number, ref: string | null): void {
  const isNew = !page.spoke.has(index);
  const referral = ref === null ? null : { ref, source: 'SHORTLINK', type: 'OPEN_THREAD' };
  if (isNew && page.getStarted !== null) {
    const postback = { mid: newMessageId(), title: 'Get Started', payload: page.getStarted };
    speak(world, page, index, 'messaging_postbacks', { postback: referral ? { ...postback, referral } : postback });
  } else if (referral) speak(world, page, index, 'messaging_referrals', { referral });
  else speak(world, page, index, 'messages', { message: { mid: newMessageId(), text: 'START' } });
}

/** Whatever a person does opens the window for another 24 hours. */
function speak(world: FacebookWorld, page: FacebookPage, index: number, field: string, what: object): void {
  page.spoke.set(index, world.now());
  page.updates.tell(field, eventOf(world, page, index, what));
}

const eventOf = (world: FacebookWorld, page: FacebookPage, index: number, what: object): object => ({
  sender: { id: psidOf(index) },
  recipient: { id: page.id },
  timestamp: world.now(),
  ...what,
});

function createPage(world: FacebookWorld, { name, username, credentials }: BotWish): FacebookPage {
  const token = credentials.token ?? `EAA${randomBytes(40).toString('hex')}`;
  const secret = credentials.app_secret ?? randomBytes(16).toString('hex');
  if (!TOKEN.test(token)) throw new BadWish('credentials.token: not the shape of a page token');
  if (!SECRET.test(secret)) throw new BadWish('credentials.app_secret: not the shape of an app secret');
  const id = idFrom(token);
  const page: FacebookPage = {
    id,
    name,
    username: username ?? `simulated.shop.${id}`,
    credentials: { token, app_secret: secret },
    token,
    app: { id: idFrom(secret), secret, subscription: null },
    subscribed: null,
    getStarted: null,
    spoke: new Map(),
    attachments: new Map(),
    ledger: new Ledger(),
    nextAt: 0,
    updates: new PageUpdates(
      () => page,
      () => world.behaviour.repeat > 0 && world.random() < world.behaviour.repeat,
      world.now,
    ),
  };
  return page;
}

const CONNECTIONS = 20;

/** A page's events on their way to the app, one to a request, signed with the app's secret. */
class PageUpdates {
  #page: () => FacebookPage;
  #outbox: Outbox<object>;

  constructor(page: () => FacebookPage, repeats: () => boolean, now: () => number) {
    this.#page = page;
    this.#outbox = new Outbox({ post: (event) => this.#post(event, now()), connections: () => CONNECTIONS, repeats });
  }

  get pending(): number {
    return this.#outbox.pending;
  }

  /** While nothing is subscribed events wait here; of fields that are not wanted nobody is told. */
  tell(field: string, event: object): void {
    const { app, subscribed } = this.#page();
    const wanted = (fields: ReadonlySet<string> | undefined | null): boolean => fields?.has(field) ?? true;
    if (wanted(app.subscription?.fields) && wanted(subscribed)) this.#outbox.push(event);
  }

  /** To be called when a subscription has changed. */
  wake(): void {
    this.#outbox.wake();
  }

  info(): unknown {
    const { app, subscribed } = this.#page();
    return {
      url: app.subscription?.callbackUrl ?? null,
      fields: [...(subscribed ?? [])],
      pending: this.pending,
      lastFault: this.#outbox.lastFault,
    };
  }

  close(): void {
    this.#outbox.close();
  }

  #post(event: object, now: number): Post | null {
    const { id, app, subscribed } = this.#page();
    if (!app.subscription || !subscribed) return null;
    const body = JSON.stringify({ object: 'page', entry: [{ id, time: now, messaging: [event] }] });
    const signature = createHmac('sha256', app.secret).update(body).digest('hex');
    return { url: app.subscription.callbackUrl, headers: { 'x-hub-signature-256': `sha256=${signature}` }, body };
  }
}
