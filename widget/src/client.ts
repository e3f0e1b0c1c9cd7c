// The line to the server. Whatever the visitor does waits in an outbox until the server has it; whatever the server
// has is asked for from the last number seen. So a broken line, a reload or a second window loses and repeats nothing.
import type {
  FactsAnswer,
  Frame,
  MessagesAnswer,
  ServerFrame,
  Standing,
  WebMessage,
  WidgetConfig,
  WidgetSession,
  WidgetUser,
} from '../../src/http/api/widget.ts';
import type { Memory } from './memory.ts';

type Facts = Extract<Frame, { type: 'facts' }>['facts'];
export type Fact = Facts[number];

export interface Handlers {
  onMessages(messages: WebMessage[]): void;
  onStanding(standing: Standing): void;
  onOnline(online: boolean): void;
  /** Facts the server has taken, or never will. */
  onDone(ids: string[], taken: boolean): void;
  /** Another person than before: the thread so far is not theirs. */
  onNewVisitor(): void;
}

export interface Client {
  config(language: string): Promise<WidgetConfig>;
  /** Opens the line; further calls change nothing. */
  start(): void;
  post(fact: Fact): void;
  identify(user: WidgetUser): void;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const POLL_MS = 4000;
const PING_MS = 25_000;
const SILENCE_MS = 40_000;
const FACTS_PER_POST = 50;

class Refusal extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`Herald: the server answered ${status}`);
    this.status = status;
  }
}

export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export function createClient(base: string, bot: string, memory: Memory, handlers: Handlers): Client {
  const root = `${base}/widget/${bot}`;
  let outbox: Fact[] = [];
  let user: WidgetUser | undefined;
  let token = '';
  let after = 0;
  let started = false;
  let socket: WebSocket | null = null;
  let ready = false;
  let posting = false;
  let busy = false;
  let failures = 0;
  let nextSocket = 0;
  let heard = 0;
  let timer = 0;

  async function ask<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(root + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      credentials: 'omit',
    });
    if (!response.ok) throw new Refusal(response.status);
    return (await response.json()) as T;
  }

  // --- One visitor ----------------------------------------------------------------------------

  async function openSession(): Promise<void> {
    const { visitor, secret } = memory.get();
    const profile = { locale: navigator.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    token = '';
    const session = await ask<WidgetSession>('/session', { visitor, secret, profile, user });
    if (visitor !== undefined && visitor !== session.visitor) {
      memory.set({ arrived: 0, seen: 0, declined: false });
      handlers.onNewVisitor();
    }
    memory.set({ visitor: session.visitor, secret: session.secret });
    token = session.token;
    take(session);
  }

  function take({ messages, standing }: MessagesAnswer): void {
    for (const { seq } of messages) after = Math.max(after, seq);
    handlers.onStanding(standing);
    handlers.onMessages(messages);
  }

  // --- The line -------------------------------------------------------------------------------

  /** One round: a session when there is none, then a socket; while there is no socket, a look by HTTP. */
  async function round(): Promise<void> {
    clearTimeout(timer);
    if (busy) return later(FIRST_WAIT_MS);
    busy = true;
    let wait = POLL_MS;
    try {
      if (!token) await openSession();
      else if (!ready) take(await ask<MessagesAnswer>(`/messages?after=${after}`));
      handlers.onOnline(true);
      if (!socket && Date.now() >= nextSocket) openSocket();
      void flush();
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 0;
      if (status === 401) token = '';
      else if (status === 422 && user) forgetUser();
      else if (status >= 400 && status < 429) return giveUp(status);
      else handlers.onOnline(false);
      failures += 1;
      wait = backOff();
    } finally {
      busy = false;
    }
    if (!ready) later(wait);
  }

  /** A wrong signature does not take the chat away from the visitor. */
  function forgetUser(): void {
    user = undefined;
    console.warn('Herald: the signature of the user id is wrong; going on without it');
  }

  /** The site is not permitted or the chat is gone: asking again would not help. */
  function giveUp(status: number): void {
    handlers.onOnline(false);
    console.warn(`Herald: the server refused this chat (${status})`);
  }

  const backOff = (): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 6));

  function later(ms: number): void {
    clearTimeout(timer);
    // Jitter: a restarted server is not met by everyone at once.
    timer = window.setTimeout(() => void round(), ms * (0.5 + Math.random()));
  }

  function openSocket(): void {
    const opened = new WebSocket(`${root.replace(/^http/, 'ws')}/socket`);
    socket = opened;
    opened.addEventListener('open', () => say({ type: 'hello', token, after }));
    opened.addEventListener('message', (event) => {
      if (socket === opened) hear(JSON.parse(String(event.data)) as ServerFrame);
    });
    opened.addEventListener('close', () => {
      if (socket !== opened) return;
      dropSocket();
      failures += 1;
      // The first break is mended at once; where sockets are blocked, `round` looks by HTTP meanwhile.
      nextSocket = failures > 1 ? Date.now() + backOff() : 0;
      later(FIRST_WAIT_MS);
    });
  }

  function dropSocket(): void {
    socket = null;
    ready = false;
    posting = false;
  }

  function say(frame: Frame): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  function hear(frame: ServerFrame): void {
    heard = Date.now();
    if (frame.type === 'messages') {
      take(frame);
      if (!ready) {
        ready = true;
        failures = 0;
        clearTimeout(timer);
        handlers.onOnline(true);
        void flush();
      }
    } else if (frame.type === 'done') {
      settle(frame.done, true);
      handlers.onStanding(frame.standing);
    } else if (frame.type === 'refused') {
      if (frame.code === 'token') token = '';
      else settle(frame.ids, false);
    }
  }

  window.setInterval(() => {
    if (!ready) return;
    // A line that says nothing to a ping is broken, whatever the browser believes.
    if (Date.now() - heard > SILENCE_MS) socket?.close();
    else say({ type: 'ping' });
  }, PING_MS);

  window.addEventListener('online', () => {
    if (ready) handlers.onOnline(true);
    else if (started) void round();
  });
  window.addEventListener('offline', () => {
    if (started) handlers.onOnline(false);
  });

  // --- The outbox -----------------------------------------------------------------------------

  async function flush(): Promise<void> {
    if (posting || outbox.length === 0 || !token) return;
    posting = true;
    const facts = outbox.slice(0, FACTS_PER_POST);
    if (ready) return say({ type: 'facts', facts });
    try {
      const answer = await ask<FactsAnswer>('/events', { facts });
      settle(answer.done, true);
      handlers.onStanding(answer.standing);
    } catch (error) {
      posting = false;
      if (!(error instanceof Refusal)) return;
      if (error.status === 401) token = '';
      else if (error.status < 429)
        settle(
          facts.map(({ id }) => id),
          false,
        );
    }
  }

  function settle(ids: string[], taken: boolean): void {
    posting = false;
    outbox = outbox.filter(({ id }) => !ids.includes(id));
    handlers.onDone(ids, taken);
    void flush();
  }

  return {
    config: (language) => ask(`/config?language=${encodeURIComponent(language)}`),
    start() {
      if (started) return;
      started = true;
      void round();
    },
    post(fact) {
      outbox.push(fact);
      void flush();
    },
    identify(person) {
      user = person;
      token = '';
      socket?.close();
      dropSocket();
      started = true;
      void round();
    },
  };
}
