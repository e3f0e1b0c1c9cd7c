// The questions the doctor asks of the world outside the database: the disk, Redis, this server's own address, messengers.
// Each has a deadline, and each answers what it found instead of throwing.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { request } from 'undici';
import type { Channel, ChannelBot } from './domain/channel.ts';
import type { AddressAnswer, BotFacts } from './domain/diagnosis.ts';
import { Problem } from './domain/problem.ts';

const DEADLINE_MS = 5_000;

/** The folder itself, or the nearest above it that is there: it would be made within. */
function nearest(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

export function probeFolder(folder: string): { writable: boolean; freeBytes: number } {
  const path = nearest(folder);
  const { bavail, bsize } = statfsSync(path);
  try {
    accessSync(path, constants.W_OK);
    return { writable: true, freeBytes: bavail * bsize };
  } catch {
    return { writable: false, freeBytes: bavail * bsize };
  }
}

export type RedisAnswer = { ms: number; differenceMs: number } | { reason: string };

export async function probeRedis(url: string): Promise<RedisAnswer> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: DEADLINE_MS, retryStrategy: () => null });
  let reason = 'no answer';
  redis.on('error', (error: NodeJS.ErrnoException) => (reason = error.code ?? error.name));
  try {
    return await inTime(async () => {
      await redis.connect();
      const start = performance.now();
      await redis.ping();
      const ms = performance.now() - start;
      const [seconds, microseconds] = (await redis.time()).map(Number);
      return { ms, differenceMs: Date.now() - (seconds ?? 0) * 1000 - (microseconds ?? 0) / 1000 };
    });
  } catch {
    return { reason };
  } finally {
    redis.disconnect();
  }
}

/** Does Herald itself answer there? */
export async function probeAddress(url: string): Promise<AddressAnswer> {
  try {
    return await inTime(async () => {
      const { statusCode, body } = await request(`${url}/healthz`);
      const text = await body.text();
      return statusCode === 200 && text === '{"status":"ok"}' ? 'herald' : 'other';
    });
  } catch (error) {
    return { silent: reasonOf(error) };
  }
}

export async function probeBot(channel: Channel | undefined, bot: ChannelBot): Promise<BotFacts['answer']> {
  if (!channel) return { silent: 'unknown channel' };
  try {
    await inTime(() => channel.check(bot));
    return 'known';
  } catch (error) {
    return error instanceof Problem ? { refused: error.code } : { silent: reasonOf(error) };
  }
}

/** A code or a name, never a message: that may hold an address with a token in it. */
const reasonOf = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');

class TooLate extends Error {
  override name = 'no answer in time';
}

async function inTime<T>(ask: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  try {
    return await Promise.race([
      ask(),
      pause(DEADLINE_MS, null, { signal: done.signal }).then(() => {
        throw new TooLate();
      }),
    ]);
  } finally {
    done.abort();
  }
}
