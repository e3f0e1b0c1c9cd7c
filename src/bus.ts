// Tells other parts of the house, and other processes, that something moved. A message is only a hint to look at the
// database now instead of at the next tick: losing one delays, it never breaks.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';

export type Topic = 'work' | 'campaign' | 'bot' | 'mailbox' | 'live' | 'receipt' | 'instance';

export interface Bus {
  publish(topic: Topic, data?: unknown): void;
  /** Answers the way to end the subscription. */
  subscribe(topic: Topic, listener: (data: unknown) => void): () => void;
  /** Milliseconds to what carries messages between processes, and back; null where nothing does. Throws when it is away. */
  ping(): Promise<number | null>;
  close(): Promise<void>;
}

/** For one process alone. */
export function createLocalBus(): Bus {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    publish: (topic, data = null) => void emitter.emit(topic, data),
    subscribe(topic, listener) {
      emitter.on(topic, listener);
      return () => void emitter.off(topic, listener);
    },
    ping: async () => null,
    close: async () => void emitter.removeAllListeners(),
  };
}

const CHANNEL_PREFIX = 'herald:';

/** Redis may be there and not answer. */
const DEADLINE_MS = 1000;

const retryStrategy = (times: number): number => Math.min(1000, times * 100);

/**
 * For several processes. What is published is heard here at once and by the others through Redis; while Redis is away
 * only here. `onAway` is told once each time it goes.
 */
export function createRedisBus(url: string, onAway: (error: Error) => void): Bus {
  const local = createLocalBus();
  const self = randomUUID();
  const publisher = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: DEADLINE_MS,
    connectTimeout: DEADLINE_MS,
    retryStrategy,
  });
  // The subscription waits for the connection, and is renewed with each new one.
  const subscriber = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: DEADLINE_MS, retryStrategy });
  for (const client of [publisher, subscriber]) tellOnce(client, onAway);
  subscriber.psubscribe(`${CHANNEL_PREFIX}*`).catch(() => {});
  subscriber.on('pmessage', (_pattern: string, channel: string, text: string) => {
    const message = readMessage(text);
    if (message && message.from !== self) local.publish(channel.slice(CHANNEL_PREFIX.length) as Topic, message.data);
  });
  return {
    publish(topic, data = null) {
      local.publish(topic, data);
      // Whoever does not hear it looks at the database by itself soon.
      publisher.publish(`${CHANNEL_PREFIX}${topic}`, JSON.stringify({ from: self, data })).catch(() => {});
    },
    subscribe: local.subscribe,
    async ping() {
      const start = performance.now();
      await publisher.ping();
      return performance.now() - start;
    },
    async close() {
      await local.close();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** A client complains at every attempt to connect again; one complaint tells as much. */
function tellOnce(client: Redis, onAway: (error: Error) => void): void {
  let isAway = false;
  client.on('error', (error: Error) => {
    if (!isAway) onAway(error);
    isAway = true;
  });
  client.on('ready', () => {
    isAway = false;
  });
}

function readMessage(text: string): { from: unknown; data: unknown } | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'from' in message && 'data' in message ? message : null;
  } catch {
    // Somebody else's, on a Redis that is not ours alone.
    return null;
  }
}
