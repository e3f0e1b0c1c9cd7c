// Where a person goes to end a wait. What only time or the platform ends has no remedy.
import type { Waiting } from '../../../../src/http/api/engine.ts';

export type Remedy =
  | { kind: 'bot'; how: 'resume' | 'mend' | 'connect'; bot: string }
  | { kind: 'health' }
  | { kind: 'rules' }
  | { kind: 'none' };

const BOT_REMEDIES = { bot_paused: 'resume', bot_attention: 'mend', bot_disconnected: 'connect' } as const;
const OF_THE_SERVER = new Set(['nobody_sends', 'nobody_takes', 'redis_away', 'no_share', 'stuck']);

export function remedyOf({ code, params }: Pick<Waiting, 'code' | 'params'>): Remedy {
  const how = Object.entries(BOT_REMEDIES).find(([known]) => known === code)?.[1];
  if (how) return typeof params.bot === 'string' ? { kind: 'bot', how, bot: params.bot } : { kind: 'none' };
  if (OF_THE_SERVER.has(code)) return { kind: 'health' };
  return code === 'quiet_hours' ? { kind: 'rules' } : { kind: 'none' };
}
