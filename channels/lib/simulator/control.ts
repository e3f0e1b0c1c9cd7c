// The simulators' own API below `/_control`: who is there, how they behave, what they received. JSON in and out; bad
// input is answered with 400 and a sentence that names the field. The same for every messenger.
import * as z from 'zod';
import type { Acts } from './acts.ts';
import type { Crowd } from './crowd.ts';
import { BadWish, type Messenger } from './messenger.ts';
import { MAX_PEOPLE, personAt } from './people.ts';
import type { Received, ReceivedButton, SimulatedBot, World } from './world.ts';

export interface ControlRequest {
  method: string;
  /** Behind `/_control/`. */
  path: string;
  query: URLSearchParams;
  body: unknown;
}

export interface ControlAnswer {
  status: number;
  body: unknown;
}

/** Everything a running simulator is made of. */
export interface House<Bot extends SimulatedBot> {
  world: World<Bot>;
  messenger: Messenger<Bot>;
  acts: Acts<Bot>;
  crowd: Crowd<Bot>;
}

const probability = z.number().min(0).max(1).optional();
const paceSchema = z.number().positive().max(100_000).nullable().optional();
const behaviourSchema = z.strictObject({
  press: probability,
  open: probability,
  buy: probability,
  pay: probability,
  reply: probability,
  block: probability,
  unsubscribe: probability,
  comeBack: probability,
  share: probability,
  deliver: probability,
  read: probability,
  late: probability,
  repeat: probability,
  delay: z.int().min(0).max(10_000).optional(),
  /** Calls a second for a bot and for a chat; null: no limit. */
  botRate: paceSchema,
  chatRate: paceSchema,
});
const botIdSchema = z.coerce.string().max(200).optional();
const botSchema = z.strictObject({
  name: z.string().trim().min(1).max(64).default('Simulated shop'),
  username: z.string().max(64).nullable().default(null),
  credentials: z.record(z.string().max(64), z.string().max(4096)).default({}),
  mailPort: z.int().min(1).max(65_535).nullable().default(null),
});
const peopleSchema = z.strictObject({
  count: z.int().min(1).max(MAX_PEOPLE),
  /** The number of the first one; left out: the one after all who are there. */
  first: z.int().min(0).max(MAX_PEOPLE).optional(),
  /** How many start the bot each second. */
  pace: z.number().positive().max(100_000).default(500),
  /** They subscribed in an earlier run: no update says so again. */
  known: z.boolean().default(false),
  bot: botIdSchema,
});
const actSchema = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('start'),
    payload: z.string().max(256).nullable().default(null),
    bot: botIdSchema,
  }),
  /** `delivered` and `opened` are receipts for the last message; `share` answers a button that asks for the phone. */
  z.strictObject({ act: z.enum(['stop', 'block', 'unblock', 'share', 'delivered', 'opened']), bot: botIdSchema }),
  /** As if this person had said nothing for so many hours, where the platform has a window. */
  z.strictObject({ act: z.literal('silence'), hours: z.number().positive().max(10_000), bot: botIdSchema }),
  z.strictObject({ act: z.literal('reply'), text: z.string().min(1).max(4096), bot: botIdSchema }),
  /** Presses a message button of the last message this person received; the first one, or the one so labelled. */
  z.strictObject({ act: z.literal('press'), label: z.string().optional(), bot: botIdSchema }),
]);

export function control<Bot extends SimulatedBot>(
  house: House<Bot>,
  { method, path, query, body }: ControlRequest,
): ControlAnswer {
  const acts = /^people\/([^/]+)\/acts$/.exec(path)?.[1];
  const one = /^people\/([^/]+)$/.exec(path)?.[1];
  if (method === 'GET' && path === 'state') return ok(stateOf(house.world));
  if (method === 'GET' && path === 'messages') return ok(messages(house, query));
  if (method === 'PATCH' && path === 'behaviour')
    return read(behaviourSchema, body, (wish) => changeBehaviour(house.world, wish));
  if (method === 'POST' && path === 'bots') return read(botSchema, body, (wish) => newBot(house, wish));
  if (method === 'POST' && path === 'people') return read(peopleSchema, body, (wish) => fill(house, wish));
  if (method === 'GET' && path === 'people') return addresses(house.messenger, query);
  if (method === 'GET' && one !== undefined) return person(house, one, query);
  if (method === 'POST' && acts !== undefined) return read(actSchema, body, (wish) => act(house, acts, wish));
  return fault(404, 'unknown path; there are state, behaviour, bots, people, people/:id, people/:id/acts, messages');
}

const ok = (body: unknown): ControlAnswer => ({ status: 200, body });
const fault = (status: number, error: string): ControlAnswer => ({ status, body: { error } });

function read<T>(schema: z.ZodType<T>, body: unknown, use: (value: T) => ControlAnswer): ControlAnswer {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return use(parsed.data);
  return fault(400, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

const stateOf = (world: World): unknown => ({
  channel: world.channel,
  people: world.people,
  filled: [...world.bots.values()].reduce((most, bot) => Math.max(most, bot.ledger.started), 0),
  ...world.counts,
  behaviour: world.behaviour,
  bots: [...world.bots.values()].map((bot) => ({
    id: bot.id,
    name: bot.name,
    username: bot.username,
    started: bot.ledger.started,
    updates: bot.updates.info(),
  })),
});

const MOST_MESSAGES = 1000;

function messages<Bot extends SimulatedBot>(house: House<Bot>, query: URLSearchParams): { items: Received[] } {
  const limit = Math.min(MOST_MESSAGES, Math.max(1, Number(query.get('limit') ?? 50) || 50));
  const wanted = query.get('person');
  const index = wanted === null ? null : numberOf(house.messenger, wanted);
  const items = house.world.log.filter(({ person: received }) => wanted === null || received === index);
  return { items: items.slice(-limit).reverse() };
}

function changeBehaviour(world: World, { botRate, chatRate, ...wish }: z.infer<typeof behaviourSchema>): ControlAnswer {
  const known = Object.entries(wish).filter(([, value]) => value !== undefined);
  Object.assign(world.behaviour, Object.fromEntries(known));
  if (botRate !== undefined) world.botPace = { ...world.botPace, rate: botRate };
  if (chatRate !== undefined) world.chatPace = { ...world.chatPace, rate: chatRate };
  return ok({ ...world.behaviour, botRate: world.botPace.rate, chatRate: world.chatPace.rate });
}

function newBot<Bot extends SimulatedBot>(
  { world, messenger }: House<Bot>,
  wish: z.infer<typeof botSchema>,
): ControlAnswer {
  try {
    const bot = messenger.createBot(wish);
    if (world.bots.has(bot.id)) return fault(409, 'credentials: a bot with these is there already');
    world.bots.set(bot.id, bot);
    const { id, name, username, credentials, apiRoot } = bot;
    return { status: 201, body: { id, name, username, credentials, ...(apiRoot ? { apiRoot } : {}) } };
  } catch (error) {
    if (error instanceof BadWish) return fault(400, error.message);
    throw error;
  }
}

/** The bot meant: the one named, else the newest. */
const botOf = <Bot extends SimulatedBot>(world: World<Bot>, id: string | undefined): Bot | undefined =>
  id === undefined ? [...world.bots.values()].at(-1) : world.bots.get(id);

function fill<Bot extends SimulatedBot>(
  { world, crowd }: House<Bot>,
  { count, first = world.people, pace, known, bot: id }: z.infer<typeof peopleSchema>,
): ControlAnswer {
  const bot = botOf(world, id);
  if (!bot) return fault(404, 'bot: there is none yet; make one with POST bots');
  if (first + count > MAX_PEOPLE)
    return fault(400, `count: at most ${MAX_PEOPLE} people fit, and these begin at number ${first}`);
  if (known) crowd.remember(bot, first, count);
  else crowd.fill(bot, first, count, pace);
  return { status: 202, body: { people: world.people } };
}

const MOST_ADDRESSES = 10_000;
const HOUR_MS = 3_600_000;

function addresses<Bot extends SimulatedBot>(messenger: Messenger<Bot>, query: URLSearchParams): ControlAnswer {
  const [first, count] = [Number(query.get('first') ?? 0), Number(query.get('count') ?? 1)];
  if (!Number.isSafeInteger(first) || first < 0 || first > MAX_PEOPLE)
    return fault(400, 'first: not a number of a person');
  if (!Number.isSafeInteger(count) || count < 1 || count > MOST_ADDRESSES)
    return fault(400, `count: 1 to ${MOST_ADDRESSES} at a time`);
  return ok({ addresses: Array.from({ length: count }, (_, at) => messenger.addressOf(first + at)) });
}

/** A person is named by number or by address. Numbers are below a million; no messenger's address is. */
const numberOf = <Bot extends SimulatedBot>(messenger: Messenger<Bot>, name: string): number | null => {
  const text = decodeURIComponent(name);
  return /^\d{1,6}$/.test(text) ? Number(text) : messenger.indexOf(text);
};

const NOBODY = fault(404, 'person: there is nobody with this number or address');

function person<Bot extends SimulatedBot>(
  { world, messenger }: House<Bot>,
  name: string,
  query: URLSearchParams,
): ControlAnswer {
  const bot = botOf(world, query.get('bot') ?? undefined);
  const index = numberOf(messenger, name);
  if (!bot || index === null || index < 0 || index >= world.people) return NOBODY;
  return ok({
    ...personAt(index),
    address: messenger.addressOf(index),
    state: bot.ledger.state(index),
    received: bot.ledger.received(index),
  });
}

function act<Bot extends SimulatedBot>(
  { world, messenger, acts }: House<Bot>,
  name: string,
  wish: z.infer<typeof actSchema>,
): ControlAnswer {
  const bot = botOf(world, wish.bot);
  const index = numberOf(messenger, name);
  if (!bot || index === null || index < 0 || index >= world.people) return NOBODY;
  const own = world.log.filter((received) => received.person === index && received.botId === bot.id);
  switch (wish.act) {
    case 'start':
      acts.start(bot, index, wish.payload);
      return ok({});
    case 'stop':
    case 'block':
    case 'unblock':
      acts[wish.act](bot, index);
      return ok({});
    case 'reply':
      acts.reply(bot, index, wish.text);
      return ok({});
    case 'silence':
      if (!messenger.silence) return fault(400, 'silence: this messenger has no window');
      messenger.silence(bot, index, wish.hours * HOUR_MS);
      return ok({});
    case 'press': {
      const found = lastWith(own, ({ data, label }) => data !== undefined && [undefined, label].includes(wish.label));
      if (!found) return fault(404, 'press: this person sees no such message button');
      acts.press(bot, found.received, found.button);
      return ok({});
    }
    case 'share': {
      const found = lastWith(own, ({ contact }) => contact === true);
      if (!found) return fault(404, 'share: nothing asks this person for a phone number');
      acts.share(bot, found.received);
      return ok({});
    }
    case 'delivered':
    case 'opened': {
      const received = own.at(-1);
      if (!received) return fault(404, `${wish.act}: this person has received nothing yet`);
      acts[wish.act](bot, received);
      return ok({});
    }
    default:
      return wish satisfies never;
  }
}

/** The newest message with buttons, if one of them is meant. */
function lastWith(
  own: readonly Received[],
  meant: (button: ReceivedButton) => boolean,
): { received: Received; button: ReceivedButton } | null {
  const received = own.findLast(({ buttons }) => buttons.length > 0);
  const button = received?.buttons.flat().find(meant);
  return received && button ? { received, button } : null;
}
