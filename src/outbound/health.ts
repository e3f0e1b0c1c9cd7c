// What people see of a bot's health: when it last sent something, and its last error. Gathered from outcomes and
// written once a tick, never per message.
import type { Outcome } from '../domain/channel.ts';
import { recordBotHealth } from '../store/bots.ts';
import type { Database } from '../store/database.ts';

export interface Health {
  note(botId: number, outcome: Outcome, now: number): void;
  /** Writes what was noted since the last time; answers whether there was anything. */
  save(db: Database): Promise<boolean>;
}

interface Noted {
  lastOutboundAt?: number;
  lastErrorAt?: number;
  lastError?: string;
}

export function createHealth(): Health {
  const noted = new Map<number, Noted>();
  return {
    note(botId, outcome, now) {
      const known = noted.get(botId) ?? {};
      noted.set(botId, known);
      if (outcome.status === 'accepted') known.lastOutboundAt = now;
      // A person who blocked the bot says nothing about the bot's health.
      else if (outcome.status === 'failed' || outcome.status === 'unknown') {
        known.lastErrorAt = now;
        known.lastError = outcome.detail;
      }
    },
    async save(db) {
      const bots = [...noted];
      noted.clear();
      for (const [botId, health] of bots) await recordBotHealth(db, botId, health);
      return bots.length > 0;
    },
  };
}
