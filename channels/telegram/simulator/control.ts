// The simulator's own API below `/_control`: who is there, how they behave, what they received. JSON in and out; bad
// input is answered with 400 and a sentence that names the field.
import * as z from 'zod';
import { block, press, reply, start, stop, unblock } from './acts.ts';
import type { Crowd } from './crowd.ts';
import { indexOf, personAt } from './people.ts';
import { addBot, type SimulatedBot, type World } from './world.ts';

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

const probability = z.number().min(0).max(1).optional();
const paceSchema = z.number().positive().max(100_000).nullable().optional();
const behaviourSchema = z.strictObject({
  press: probability,
  open: probability,
  buy: probability,
  pay: probability,
  reply: probability,
  block: probability,
  delay: z.int().min(0).max(10_000).optional(),
  /** Messages a second for a bot and for a chat; null: no limit. */
  botRate: paceSchema,
  chatRate: paceSchema,
});
const botSchema = z.strictObject({
  name: z.string().trim().min(1).max(64).default('Simulated shop'),
  username: z
    .string()
    .regex(/^[A-Za-z0-9_]{5,32}$/)
    .nullable()
    .default(null),
  token: z
    .string()
    .regex(/^[0-9]{3,15}:[A-Za-z0-9_-]{20,100}$/)
    .nullable()
    .default(null),
});
const peopleSchema = z.strictObject({
  count: z.int().min(1).max(1_000_000),
  /** How many start the bot each second. */
  pace: z.number().positive().max(100_000).default(500),
  /** They subscribed in an earlier run: no update says so again. */
  known: z.boolean().default(false),
  bot: z.int().optional(),
});
const actSchema = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('start'),
    payload: z.string().max(64).nullable().default(null),
    bot: z.int().optional(),
  }),
  z.strictObject({ act: z.enum(['stop', 'block', 'unblock']), bot: z.int().optional() }),
  z.strictObject({ act: z.literal('reply'), text: z.string().min(1).max(4096), bot: z.int().optional() }),
  /** Presses a message button of the last message this person received; the first one, or the one so labelled. */
  z.strictObject({ act: z.literal('press'), label: z.string().optional(), bot: z.int().optional() }),
]);

const MAX_PEOPLE = 1_000_000;

export function control(world: World, crowd: Crowd, { method, path, query, body }: ControlRequest): ControlAnswer {
  const acts = /^people\/(\d+)\/acts$/.exec(path);
  const one = /^people\/(\d+)$/.exec(path);
  if (method === 'GET' && path === 'state') return ok(stateOf(world));
  if (method === 'GET' && path === 'messages') return ok(messages(world, query));
  if (method === 'PATCH' && path === 'behaviour')
    return read(behaviourSchema, body, (wish) => changeBehaviour(world, wish));
  if (method === 'POST' && path === 'bots') return read(botSchema, body, (wish) => newBot(world, wish));
  if (method === 'POST' && path === 'people') return read(peopleSchema, body, (wish) => fill(world, crowd, wish));
  if (method === 'GET' && one) return person(world, Number(one[1]), query);
  if (method === 'POST' && acts) return read(actSchema, body, (wish) => act(world, Number(acts[1]), wish));
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

function messages(world: World, query: URLSearchParams): unknown {
  const limit = Math.min(MOST_MESSAGES, Math.max(1, Number(query.get('limit') ?? 50) || 50));
  const person = query.get('person');
  const items = world.log.filter((received) => person === null || received.personId === Number(person));
  return { items: items.slice(-limit).reverse() };
}

function changeBehaviour(world: World, { botRate, chatRate, ...wish }: z.infer<typeof behaviourSchema>): ControlAnswer {
  const known = Object.entries(wish).filter(([, value]) => value !== undefined);
  Object.assign(world.behaviour, Object.fromEntries(known));
  if (botRate !== undefined) world.botPace = { ...world.botPace, rate: botRate };
  if (chatRate !== undefined) world.chatPace = { ...world.chatPace, rate: chatRate };
  return ok({ ...world.behaviour, botRate: world.botPace.rate, chatRate: world.chatPace.rate });
}

function newBot(world: World, wish: z.infer<typeof botSchema>): ControlAnswer {
  if (wish.token !== null && world.bots.has(wish.token))
    return fault(409, 'token: a bot with this token is there already');
  const bot = addBot(world, wish);
  return { status: 201, body: { id: bot.id, token: bot.token, name: bot.name, username: bot.username } };
}

/** The bot meant: the one named, else the newest. */
const botOf = (world: World, id: number | undefined): SimulatedBot | undefined => {
  const bots = [...world.bots.values()];
  return id === undefined ? bots.at(-1) : bots.find((bot) => bot.id === id);
};

function fill(
  world: World,
  crowd: Crowd,
  { count, pace, known, bot: id }: z.infer<typeof peopleSchema>,
): ControlAnswer {
  const bot = botOf(world, id);
  if (!bot) return fault(404, 'bot: there is none yet; make one with POST bots');
  if (world.people + count > MAX_PEOPLE)
    return fault(400, `count: at most ${MAX_PEOPLE} people fit, there are ${world.people}`);
  if (known) crowd.remember(bot, count);
  else crowd.fill(bot, count, pace);
  return { status: 202, body: { people: world.people } };
}

function person(world: World, id: number, query: URLSearchParams): ControlAnswer {
  const bot = botOf(world, query.has('bot') ? Number(query.get('bot')) : undefined);
  const index = indexOf(id);
  if (!bot || index < 0 || index >= world.people) return fault(404, 'person: there is nobody with this id');
  return ok({ ...personAt(index), state: bot.ledger.state(index), received: bot.ledger.received(index) });
}

function act(world: World, id: number, wish: z.infer<typeof actSchema>): ControlAnswer {
  const bot = botOf(world, wish.bot);
  const index = indexOf(id);
  if (!bot || index < 0 || index >= world.people) return fault(404, 'person: there is nobody with this id');
  switch (wish.act) {
    case 'start':
      start(world, bot, index, wish.payload);
      return ok({});
    case 'stop':
      stop(world, bot, index);
      return ok({});
    case 'block':
      block(world, bot, index);
      return ok({});
    case 'unblock':
      unblock(world, bot, index);
      return ok({});
    case 'reply':
      reply(world, bot, index, wish.text);
      return ok({});
    case 'press': {
      const received = world.log.findLast((entry) => entry.personId === id && entry.keyboard.length > 0);
      const button = received?.keyboard
        .flat()
        .find(
          ({ text, callback_data: data }) => data !== undefined && (wish.label === undefined || wish.label === text),
        );
      if (!received || button?.callback_data === undefined)
        return fault(404, 'press: this person sees no such message button');
      return ok({ id: press(world, bot, received, button.callback_data) });
    }
    default:
      return wish satisfies never;
  }
}
