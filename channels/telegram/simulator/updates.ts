// A bot's updates on their way out: kept until confirmed, given to `getUpdates` or pushed to the webhook, which is
// tried again with doubling pauses until it answers 2xx.
import { request } from 'undici';
import { Refusal } from './refusal.ts';

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

export interface Webhook {
  url: string;
  secret: string;
  connections: number;
}

export interface WebhookInfo {
  url: string;
  has_custom_certificate: boolean;
  pending_update_count: number;
  max_connections?: number;
  allowed_updates?: string[];
  last_error_date?: number;
  last_error_message?: string;
}

interface Poll {
  resolve(updates: Update[]): void;
  reject(refusal: Refusal): void;
  limit: number;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const WEBHOOK_TIMEOUT_MS = 60_000;
/** Kinds that come unless asked otherwise. */
const ALL_KINDS = ['message', 'callback_query', 'my_chat_member'];

export class Updates {
  /** Called with a method call that came as a webhook's answer. */
  onReply: (method: string, params: Record<string, unknown>) => void = () => undefined;
  webhook: Webhook | null = null;
  allowed: readonly string[] = ALL_KINDS;
  #queue: Update[] = [];
  #nextId: number;
  #poll: Poll | null = null;
  #inFlight = 0;
  #lastError: { at: number; message: string } | null = null;
  #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  get pending(): number {
    return this.#queue.length + this.#inFlight;
  }

  push(kind: string, content: unknown): void {
    if (!this.allowed.includes(kind)) return;
    this.#queue.push({ update_id: this.#nextId, [kind]: content });
    this.#nextId += 1;
    this.#answerPoll();
    this.#pump();
  }

  /** Long polling: answers at once when there is something, else when something comes or the time is over. */
  async take(offset: number, limit: number, timeoutSeconds: number, gone: AbortSignal): Promise<Update[]> {
    if (this.webhook) {
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    this.#poll?.reject(
      new Refusal(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      ),
    );
    this.#poll = null;
    // A negative offset asks for the last updates and forgets the rest.
    if (offset < 0) this.#queue = this.#queue.slice(offset);
    else if (offset > 0) this.#confirm(offset);
    if (this.#queue.length > 0 || timeoutSeconds === 0) return this.#queue.slice(0, limit);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#timers.delete(timer);
        gone.removeEventListener('abort', leave);
        if (this.#poll === poll) this.#poll = null;
      };
      const poll: Poll = {
        limit,
        resolve: (updates) => {
          end();
          resolve(updates);
        },
        reject: (refusal) => {
          end();
          reject(refusal);
        },
      };
      const leave = (): void => poll.resolve([]);
      const timer = setTimeout(leave, timeoutSeconds * 1000);
      this.#timers.add(timer);
      gone.addEventListener('abort', leave);
      this.#poll = poll;
    });
  }

  setWebhook(webhook: Webhook | null, drop: boolean): void {
    this.webhook = webhook;
    this.#lastError = null;
    if (drop) this.#queue = [];
    this.#pump();
  }

  info(): WebhookInfo {
    return {
      url: this.webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: this.pending,
      ...(this.webhook ? { max_connections: this.webhook.connections } : {}),
      ...(this.allowed === ALL_KINDS ? {} : { allowed_updates: [...this.allowed] }),
      ...(this.#lastError
        ? { last_error_date: Math.floor(this.#lastError.at / 1000), last_error_message: this.#lastError.message }
        : {}),
    };
  }

  close(): void {
    this.#closed = true;
    this.#poll?.resolve([]);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Updates below the offset are done with. They stand in order, save one that a webhook gave back. */
  #confirm(offset: number): void {
    const first = this.#queue.findIndex((update) => update.update_id >= offset);
    this.#queue.splice(0, first === -1 ? this.#queue.length : first);
  }

  #answerPoll(): void {
    if (this.#poll) this.#poll.resolve(this.#queue.slice(0, this.#poll.limit));
  }

  #pump(): void {
    while (this.webhook && !this.#closed && this.#inFlight < this.webhook.connections) {
      const update = this.#queue.shift();
      if (!update) return;
      void this.#deliver(update, this.webhook, FIRST_RETRY_MS);
    }
  }

  async #deliver(update: Update, webhook: Webhook, retryMs: number): Promise<void> {
    this.#inFlight += 1;
    const fault = await this.#post(update, webhook);
    this.#inFlight -= 1;
    if (fault !== null && !this.#closed) {
      this.#lastError = { at: Date.now(), message: fault };
      this.#inFlight += 1;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#inFlight -= 1;
        if (this.webhook) void this.#deliver(update, this.webhook, Math.min(retryMs * 2, LONGEST_RETRY_MS));
        else this.#queue.unshift(update);
      }, retryMs);
      this.#timers.add(timer);
    }
    this.#pump();
  }

  /** What went wrong, in the platform's words; null when it was received. */
  async #post(update: Update, { url, secret }: Webhook): Promise<string | null> {
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secret ? { 'x-telegram-bot-api-secret-token': secret } : {}),
        },
        body: JSON.stringify(update),
        headersTimeout: WEBHOOK_TIMEOUT_MS,
        bodyTimeout: WEBHOOK_TIMEOUT_MS,
      });
      const body = await answer.body.text();
      if (answer.statusCode < 200 || answer.statusCode > 299)
        return `Wrong response from the webhook: ${answer.statusCode}`;
      this.#readReply(body);
      return null;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
        ? 'Connection refused'
        : 'Connection timed out';
    }
  }

  #readReply(body: string): void {
    try {
      const { method, ...params } = JSON.parse(body) as Record<string, unknown>;
      if (typeof method === 'string') this.onReply(method, params);
    } catch {
      // Most webhooks answer with nothing, or with words for nobody.
    }
  }
}
