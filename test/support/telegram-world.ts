// The Telegram simulator in another process, as `npm run simulator` starts it, with the channel at hand: for tests of both.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createTelegram } from '../../channels/telegram/index.ts';
import type { Channel, ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import type { Message } from '../../src/domain/message.ts';

const ENTRY = fileURLToPath(new URL('../../src/simulator.ts', import.meta.url));
/** A picture of 3 × 2 grey pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADklEQVR4nGNoaGhgQBAACksBgfzK0bUAAAAASUVORK5CYII=',
  'base64',
);
export const FIRST_PERSON = 7_000_000_001;

/** What the Bot API answers. */
export interface Answer {
  ok: boolean;
  result?: unknown;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number };
}

/** What the control API counts. */
export interface State {
  people: number;
  filled: number;
  received: number;
  throttled: number;
  pressed: number;
  opened: number;
  ordered: number;
  paid: number;
  replied: number;
  blocked: number;
}

export interface TelegramWorld {
  origin: string;
  channel: Channel;
  /** The one that `newBot` made last. */
  bot: ChannelBot;
  newBot(people: number): Promise<void>;
  /** A call of the control API. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  state(): Promise<State>;
  /** A call of the Bot API, by the bot's token if no other is given. */
  call(method: string, params?: Record<string, unknown>, token?: string): Promise<Answer>;
  /** Has a person, counted from 0, do something. */
  act(person: number, body: object): Promise<unknown>;
  send(message: Message, person: number, url?: string): Promise<Outcome[]>;
}

/** Call it within a `describe`: the process lives as long as its tests. */
export function telegramWorld(): TelegramWorld {
  const world = {} as TelegramWorld;
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${world.origin}/_control/${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as T;
  };
  const state = (): Promise<State> => control<State>('GET', 'state');
  const call = async (
    method: string,
    params: Record<string, unknown> = {},
    token = world.bot.credentials.token,
  ): Promise<Answer> => {
    const answer = await fetch(`${world.origin}/bot${token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    return (await answer.json()) as Answer;
  };
  const act = (person: number, body: object): Promise<unknown> =>
    control('POST', `people/${FIRST_PERSON + person}/acts`, body);

  /** Another bot, so that tests do not share limits, updates or people's states. */
  const newBot = async (people: number): Promise<void> => {
    const made = await control<{ id: string; credentials: Record<string, string> }>('POST', 'bots', {});
    world.bot = {
      id: Number(made.id),
      publicId: 'bot00001',
      externalId: made.id,
      name: 'Shop',
      credentials: made.credentials,
      apiRoot: world.origin,
      webhookSecret: 'secret_1234',
    };
    const missing = people - (await state()).people;
    // Known to the bot already, so that each of them tells of one start: the one below.
    if (missing > 0) await control('POST', 'people', { count: missing, known: true });
    for (let person = 0; person < people; person += 1) await act(person, { act: 'start' });
  };

  let child: ChildProcess;
  before(async () => {
    child = spawn(process.execPath, ['--import', 'tsx', ENTRY, '--port', '0', '--local'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    const ready = JSON.parse(line) as { event: string; port: number };
    expect(ready.event).to.equal('simulator.ready');
    world.origin = `http://127.0.0.1:${ready.port}`;
    world.channel = createTelegram({
      http: createHttpClient({ allowPrivate: () => true }),
      readMedia: async () => ({ name: 'p.png', type: 'image/png', body: PNG }),
      now: Date.now,
    });
  });
  after(() => {
    child.kill();
  });

  const envelopesOf = (message: Message, person: number, url = 'http://127.0.0.1:1/r/token'): Envelope[] =>
    world.channel
      .render(
        fit(message, world.channel.capabilities).message,
        {
          button: (id) => ({ url, token: `token-${id}` }),
          inline: () => url,
          image: () => ({ url: null, media: 'abcd1234' }),
          unsubscribe: () => url,
          pixel: () => url,
        },
        [],
      )
      .map((payload, part) => ({ payload, address: String(FIRST_PERSON + person), key: `1:${part}` }));
  const send = (message: Message, person: number, url?: string) =>
    world.channel.deliver(envelopesOf(message, person, url), world.bot);

  return Object.assign(world, { newBot, control, state, call, act, send });
}
