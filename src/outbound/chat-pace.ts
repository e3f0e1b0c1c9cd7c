// The pace to one person over one bot, where the platform names one: when the next message to them may go.
export interface ChatPace {
  /** Milliseconds until this connection may be written to. */
  wait(connectionId: number, now: number): number;
  record(connectionId: number, now: number): void;
}

const NO_PACE: ChatPace = { wait: () => 0, record: () => {} };

export function createChatPace(rate: number | null): ChatPace {
  if (rate === null) return NO_PACE;
  const interval = 1000 / rate;
  // In the order of writing: who was written to longest ago comes first, and is forgotten once the pause is over.
  const written = new Map<number, number>();
  return {
    wait: (connectionId, now) => Math.max(0, (written.get(connectionId) ?? -Infinity) + interval - now),
    record(connectionId, now) {
      written.delete(connectionId);
      written.set(connectionId, now);
      for (const [oldest, at] of written) {
        if (at + interval > now) break;
        written.delete(oldest);
      }
    },
  };
}
