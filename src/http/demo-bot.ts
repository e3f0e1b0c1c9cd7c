// The web bot of the demo shop: made once, found by its fixed outside id.
import { randomBytes } from 'node:crypto';
import { type Bot, findBotByExternalId, insertBot } from '../store/bots.ts';
import type { HttpDeps } from './deps.ts';

export const DEMO_EXTERNAL_ID = 'demo';

export type DemoDeps = Pick<HttpDeps, 'db' | 'keyring' | 'channels' | 'now'>;

/** Null where no channel is reached through a widget, and once the team has disconnected it. */
export async function ensureDemoBot({ db, keyring, channels, now }: DemoDeps): Promise<Bot | null> {
  const channel = [...channels.values()].find(({ capabilities }) => capabilities.inbound.includes('socket'));
  if (!channel) return null;
  const find = (): Promise<Bot | null> => findBotByExternalId(db, channel.name, DEMO_EXTERNAL_ID);
  const found = await find();
  if (found) return found.status === 'disconnected' ? null : found;
  try {
    return await insertBot(db, keyring, {
      channel: channel.name,
      externalId: DEMO_EXTERNAL_ID,
      name: 'Demo shop',
      secrets: { credentials: {}, webhookSecret: randomBytes(32).toString('hex') },
      settings: { widget: { origins: [], title: 'Kestrel Coffee', color: '#8a4b2a' } },
      profile: { username: null, picture: null, link: null },
      webhookState: 'none',
      now: now(),
    });
  } catch (error) {
    // Two first visits at once: the other one made it.
    const other = await find();
    if (other) return other;
    throw error;
  }
}
