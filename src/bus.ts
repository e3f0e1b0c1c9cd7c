// Tells other parts of the house, and other processes, that something moved. A message is only a hint to look at the
// database now instead of at the next tick: losing one delays, it never breaks.
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

/** For several processes: every message goes through Redis, to ourselves too; while Redis is away, to ourselves only. */
export function createRedisBus(url: string, onError: (error: Error) => void): Bus {
  const local = createLocalBus();
  const publisher = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: false });
  const subscriber = new Redis(url, { maxRetriesPerRequest: null });
  publisher.on('error', onError);
  subscriber.on('error', onError);
  void subscriber.psubscribe(`${CHANNEL_PREFIX}*`).catch(onError);
  subscriber.on('pmessage', (_pattern: string, channel: string, text: string) =>
    local.publish(channel.slice(CHANNEL_PREFIX.length) as Topic, JSON.parse(text)),
  );
  return {
    publish(topic, data = null) {
      publisher.publish(`${CHANNEL_PREFIX}${topic}`, JSON.stringify(data)).catch(() => local.publish(topic, data));
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
