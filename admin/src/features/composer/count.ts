// Counts a text the way a messenger does, and says how near its limit it is.
import type { Capabilities } from '../shapes.ts';

export type TextUnit = Capabilities['textUnit'];

/** Amber begins at this part of the limit. */
const NEAR = 0.9;

export function textLength(text: string, unit: TextUnit): number {
  if (unit === 'utf16') return text.length;
  if (unit === 'bytes') return new TextEncoder().encode(text).length;
  return [...text].length;
}

export interface Budget {
  used: number;
  limit: number;
  /** How much must go; 0 while it fits. */
  over: number;
  level: 'ok' | 'near' | 'over';
}

export function budget(text: string, limit: number, unit: TextUnit): Budget {
  const used = textLength(text, unit);
  const over = Math.max(0, used - limit);
  return { used, limit, over, level: over > 0 ? 'over' : used >= limit * NEAR ? 'near' : 'ok' };
}

/** Of several channels the one whose text limit is reached first; null when none names a limit. */
export function tightest<Channel extends { capabilities: Pick<Capabilities, 'textLimit' | 'textUnit'> }>(
  channels: readonly Channel[],
  text: string,
): { channel: Channel; budget: Budget } | null {
  return channels.reduce<{ channel: Channel; budget: Budget } | null>((worst, channel) => {
    const { textLimit, textUnit } = channel.capabilities;
    if (textLimit === null) return worst;
    const own = budget(text, textLimit, textUnit);
    return !worst || own.limit - own.used < worst.budget.limit - worst.budget.used ? { channel, budget: own } : worst;
  }, null);
}
