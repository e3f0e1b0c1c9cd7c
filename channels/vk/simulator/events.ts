// A community's events on their way to its callback servers: each server confirmed once by a question, subscribed to its
// own kinds, and told again until it says `ok`.
import { randomBytes } from 'node:crypto';
import { Outbox, postTo } from '../../lib/simulator/outbox.ts';
import { Refusal } from './refusal.ts';

export interface CallbackServer {
  id: number;
  title: string;
  url: string;
  secret_key: string;
  status: 'unconfigured' | 'failed' | 'wait' | 'ok';
  /** Kinds of event it is told. */
  kinds: ReadonlySet<string>;
  apiVersion: string;
  outbox: Outbox<Event>;
}

export interface Event {
  type: string;
  event_id: string;
  object: unknown;
}

const SERVERS_MAX = 10;
const CONNECTIONS = 20;
/** The first try and the documented five others. */
const TRIES = 6;
const CODE_BYTES = 4;

export class Events {
  readonly code = randomBytes(CODE_BYTES).toString('hex');
  readonly #group: number;
  readonly #repeats: () => boolean;
  #servers: CallbackServer[] = [];
  #lastId = 0;

  constructor(group: number, repeats: () => boolean) {
    this.#group = group;
    this.#repeats = repeats;
  }

  get servers(): readonly CallbackServer[] {
    return this.#servers;
  }

  get pending(): number {
    return this.#servers.reduce((sum, { outbox }) => sum + outbox.pending, 0);
  }

  push(type: string, object: unknown): void {
    const event: Event = { type, event_id: randomBytes(20).toString('hex'), object };
    for (const server of this.#servers) if (server.kinds.has(type)) server.outbox.push(event);
  }

  async add(wish: Pick<CallbackServer, 'title' | 'url' | 'secret_key'>): Promise<CallbackServer> {
    if (this.#servers.length >= SERVERS_MAX) throw new Refusal(2000, 'Servers number limit is reached');
    this.#lastId += 1;
    const server: CallbackServer = {
      ...wish,
      id: this.#lastId,
      status: 'unconfigured',
      kinds: new Set(),
      apiVersion: '',
      outbox: new Outbox<Event>({
        post: (event) => (server.status === 'ok' ? this.#postOf(server, event) : null),
        connections: () => CONNECTIONS,
        fault: (status, body) =>
          status === 200 && body.trim() === 'ok' ? null : `Invalid response: ${status} ${body}`.slice(0, 200),
        repeats: this.#repeats,
        tries: () => TRIES,
      }),
    };
    this.#servers.push(server);
    await this.#confirm(server);
    return server;
  }

  async edit(id: number, wish: Pick<CallbackServer, 'title' | 'url' | 'secret_key'>): Promise<void> {
    const server = this.get(id);
    Object.assign(server, wish);
    await this.#confirm(server);
  }

  get(id: number): CallbackServer {
    const server = this.#servers.find((candidate) => candidate.id === id);
    if (!server) throw new Refusal(104, 'Not found');
    return server;
  }

  delete(id: number): void {
    const server = this.get(id);
    server.outbox.close();
    this.#servers = this.#servers.filter((candidate) => candidate !== server);
  }

  info(): unknown {
    return this.#servers.map(({ id, url, status, outbox }) => ({
      id,
      url,
      status,
      pending: outbox.pending,
      last_error: outbox.lastFault?.message ?? null,
    }));
  }

  close(): void {
    for (const { outbox } of this.#servers) outbox.close();
  }

  async #confirm(server: CallbackServer): Promise<void> {
    const question = { type: 'confirmation', event_id: randomBytes(20).toString('hex'), object: undefined };
    const answer = await postTo(this.#postOf(server, question));
    server.status = 'body' in answer && answer.status === 200 && answer.body.trim() === this.code ? 'ok' : 'failed';
    server.outbox.wake();
  }

  #postOf({ url, secret_key: secret, apiVersion }: CallbackServer, { type, event_id, object }: Event) {
    const body = {
      group_id: this.#group,
      type,
      event_id,
      v: apiVersion || '5.199',
      ...(object === undefined ? {} : { object }),
      ...(secret === '' ? {} : { secret }),
    };
    return { url, headers: {}, body: JSON.stringify(body) };
  }
}
