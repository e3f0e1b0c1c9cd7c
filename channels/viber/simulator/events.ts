// A bot's events on their way to its webhook: numbered as the platform numbers them, signed with the token.
import { createHmac } from 'node:crypto';
import { Outbox, type Post, postTo } from '../../lib/simulator/outbox.ts';

export interface Event {
  event: string;
  /** A whole number of 64 bits, as text: JSON has it without quotes. */
  message_token: string;
  [field: string]: unknown;
}

const CONNECTIONS = 20;
/** Come in any case; the others only to those who asked. */
const ALWAYS = new Set(['message', 'subscribed', 'unsubscribed', 'webhook']);

export interface EventsOptions {
  token: string;
  now: () => number;
  repeats: () => boolean;
  /** Told of what the webhook answered. */
  answered: (event: Event, body: string) => void;
}

export class Events {
  url = '';
  kinds: readonly string[] = [];
  readonly #options: EventsOptions;
  readonly #outbox: Outbox<Event>;
  #last = 0n;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#outbox = new Outbox({
      post: (event) => (this.url === '' ? null : this.#postOf(event, this.url)),
      connections: () => CONNECTIONS,
      fault: (status) => (status === 200 ? null : `Wrong response from the webhook: ${status}`),
      answered: (body, event) => options.answered(event, body),
      repeats: options.repeats,
    });
  }

  get pending(): number {
    return this.#outbox.pending;
  }

  /** Beyond 2^53, rising, and above those of an earlier run. */
  nextToken(): string {
    const least = BigInt(this.#options.now()) * 1_000_000n;
    this.#last = this.#last < least ? least : this.#last + 1n;
    return String(this.#last);
  }

  push(event: string, fields: Record<string, unknown>): void {
    if (!ALWAYS.has(event) && !this.kinds.includes(event)) return;
    this.#outbox.push({ event, timestamp: this.#options.now(), message_token: this.nextToken(), ...fields });
  }

  /** The platform tries an address before it keeps it. Answers what is wrong with it. */
  async setWebhook(url: string, kinds: readonly string[]): Promise<string | null> {
    if (url !== '') {
      const event = { event: 'webhook', timestamp: this.#options.now(), message_token: this.nextToken() };
      const answer = await postTo(this.#postOf(event, url));
      if ('fault' in answer) return answer.fault;
      if (answer.status !== 200) return `Wrong response from the webhook: ${answer.status}`;
    }
    this.url = url;
    this.kinds = kinds;
    this.#outbox.wake();
    return null;
  }

  info(): unknown {
    const { pending, url } = this;
    return { url, pending, last_error: this.#outbox.lastFault?.message ?? null };
  }

  close(): void {
    this.#outbox.close();
  }

  #postOf(event: Event, url: string): Post {
    const body = withNumbers(event);
    const signature = createHmac('sha256', this.#options.token).update(body).digest('hex');
    return { url, headers: { 'x-viber-content-signature': signature }, body };
  }
}

/** JSON with its tokens as numbers. Within a text the quotes would be escaped, so nothing else is touched. */
export const withNumbers = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/"message_token":"(\d+)"/g, '"message_token":$1');
