// A bot's updates on their way out: kept in order until the webhook has taken them, tried again with doubling pauses,
// and now and then sent twice. What a request looks like, and how it is signed, is the messenger's own affair.
import { request } from 'undici';

export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface OutboxOptions<Item> {
  /** The signed request that carries an update; null while there is nowhere to send it. */
  post(item: Item): Post | null;
  /** Most requests at once. */
  connections(): number;
  /** What is wrong with an answer; null when the update counts as received. Left out: 2xx is right. */
  fault?(status: number, body: string): string | null;
  /** Told of the body of every right answer. */
  answered?(body: string, item: Item): void;
  /** Shall this update come a second time? */
  repeats?(): boolean;
  /** After so many tries an update is dropped; left out: never. */
  tries?(item: Item): number;
  firstRetryMs?: number;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const TIMEOUT_MS = 60_000;

interface Go {
  tried: number;
  /** The pause before the next try. */
  retryMs: number;
  /** It was received already, and is sent a second time. */
  again: boolean;
}

export class Outbox<Item> {
  /** What went wrong last. */
  lastFault: { at: number; message: string } | null = null;
  #options: OutboxOptions<Item>;
  #queue: Item[] = [];
  #inFlight = 0;
  #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: OutboxOptions<Item>) {
    this.#options = options;
  }

  /** Everything not yet received. */
  get pending(): number {
    return this.#queue.length + this.#inFlight;
  }

  /** Those that no request carries at the moment, oldest first. */
  get waiting(): readonly Item[] {
    return this.#queue;
  }

  push(item: Item): void {
    this.#queue.push(item);
    this.wake();
  }

  /** Forgets the first so many of those waiting. */
  drop(count: number): void {
    this.#queue.splice(0, count);
  }

  /** To be called when the address has changed. */
  wake(): void {
    while (!this.#closed && this.#inFlight < this.#options.connections()) {
      const [item] = this.#queue;
      if (item === undefined || this.#options.post(item) === null) return;
      this.#queue.shift();
      void this.#send(item, { tried: 1, retryMs: this.#options.firstRetryMs ?? FIRST_RETRY_MS, again: false });
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #send(item: Item, go: Go): Promise<void> {
    const post = this.#options.post(item);
    if (!post) {
      // The webhook was taken away between two tries.
      this.#queue.unshift(item);
      return;
    }
    this.#inFlight += 1;
    const message = await this.#try(post, item);
    this.#inFlight -= 1;
    if (message !== null) {
      this.lastFault = { at: Date.now(), message };
      if (go.tried < (this.#options.tries?.(item) ?? Infinity)) this.#later(item, { ...go, tried: go.tried + 1 });
    } else if (!go.again && this.#options.repeats?.()) this.#later(item, { ...go, again: true });
    this.wake();
  }

  #later(item: Item, go: Go): void {
    if (this.#closed) return;
    this.#inFlight += 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#inFlight -= 1;
      void this.#send(item, { ...go, retryMs: Math.min(go.retryMs * 2, LONGEST_RETRY_MS) });
    }, go.retryMs);
    this.#timers.add(timer);
  }

  /** What went wrong; null when the update was received. */
  async #try(post: Post, item: Item): Promise<string | null> {
    const answer = await postTo(post);
    if ('fault' in answer) return answer.fault;
    const fault = (this.#options.fault ?? onlySuccess)(answer.status, answer.body);
    if (fault === null) this.#options.answered?.(answer.body, item);
    return fault;
  }
}

const onlySuccess = (status: number): string | null =>
  status >= 200 && status <= 299 ? null : `Wrong response from the webhook: ${status}`;

/** One request and its answer; for the requests by which a platform tries an address before it keeps it, too. */
export async function postTo({
  url,
  headers,
  body,
}: Post): Promise<{ status: number; body: string } | { fault: string }> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  } catch (error) {
    const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
    return { fault: refused ? 'Connection refused' : 'Connection timed out' };
  }
}
