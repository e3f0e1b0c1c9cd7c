// A bot's updates on their way out: kept until confirmed, given to `getUpdates` or pushed to the webhook with its secret.
import { Outbox } from '../../lib/simulator/outbox.ts';
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

/** So far beyond the last update an offset is still believed. */
const FAR_AHEAD = 10;
/** Kinds that come unless asked otherwise. */
const ALL_KINDS = ['message', 'callback_query', 'my_chat_member'];

export class Updates {
  /** Called with a method call that came as a webhook's answer. */
  onReply: (method: string, params: Record<string, unknown>) => void = () => undefined;
  webhook: Webhook | null = null;
  allowed: readonly string[] = ALL_KINDS;
  readonly #outbox: Outbox<Update>;
  #nextId: number;
  #poll: Poll | null = null;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(firstId: number, repeats: () => boolean) {
    this.#nextId = firstId;
    this.#outbox = new Outbox({
      post: (update) => this.webhook && postOf(update, this.webhook),
      connections: () => this.webhook?.connections ?? 0,
      answered: (body) => this.#readReply(body),
      repeats,
    });
  }

  get pending(): number {
    return this.#outbox.pending;
  }

  push(kind: string, content: unknown): void {
    if (!this.allowed.includes(kind)) return;
    this.#outbox.push({ update_id: this.#nextId, [kind]: content });
    this.#nextId += 1;
    if (this.#poll) this.#poll.resolve(this.#outbox.waiting.slice(0, this.#poll.limit));
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
    if (offset < 0) this.#outbox.drop(Math.max(0, this.#outbox.waiting.length + offset));
    else if (offset > 0) this.#confirm(offset);
    if (this.#outbox.waiting.length > 0 || timeoutSeconds === 0) return this.#outbox.waiting.slice(0, limit);
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
    this.#outbox.lastFault = null;
    if (drop) this.#outbox.drop(this.#outbox.waiting.length);
    this.#outbox.wake();
  }

  info(): WebhookInfo {
    const fault = this.#outbox.lastFault;
    return {
      url: this.webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: this.pending,
      ...(this.webhook ? { max_connections: this.webhook.connections } : {}),
      ...(this.allowed === ALL_KINDS ? {} : { allowed_updates: [...this.allowed] }),
      ...(fault ? { last_error_date: Math.floor(fault.at / 1000), last_error_message: fault.message } : {}),
    };
  }

  close(): void {
    this.#poll?.resolve([]);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#outbox.close();
  }

  /** Updates below the offset are done with. They stand in order, save one that a webhook gave back. */
  #confirm(offset: number): void {
    // One that lies far ahead of the queue is of another queue: it counts as none.
    if (offset > this.#nextId + FAR_AHEAD) return;
    const { waiting } = this.#outbox;
    const first = waiting.findIndex((update) => update.update_id >= offset);
    this.#outbox.drop(first === -1 ? waiting.length : first);
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

const postOf = (update: Update, { url, secret }: Webhook) => ({
  url,
  headers: secret ? { 'x-telegram-bot-api-secret-token': secret } : {},
  body: JSON.stringify(update),
});
