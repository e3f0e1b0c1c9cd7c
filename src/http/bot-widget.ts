// What a bot that lives on websites has besides: where its chat may stand, how it looks, and the secret a website signs with.
import type * as z from 'zod';
import { fieldProblem } from '../domain/problem.ts';
import { type Bot, updateBot } from '../store/bots.ts';
import type { Database } from '../store/database.ts';
import type { botPatchSchema } from './api/bots.ts';
import { DEFAULT_WIDGET } from './bot-view.ts';

/** From now on the secret is another one; answers the bot as it is then. */
export const renewSecret = (db: Database, { id, settings }: Bot): Promise<Bot | null> =>
  updateBot(db, id, { settings: { ...settings, secretRenewals: (settings.secretRenewals ?? 0) + 1 } });

/** The chat as it is after a change; what is left out stays. Throws `url_invalid` for an origin that is none. */
export function widgetOf(bot: Bot, patch: NonNullable<z.output<typeof botPatchSchema>['widget']>) {
  const old = bot.settings.widget ?? { ...DEFAULT_WIDGET, origins: [] };
  const origins = patch.origins?.map((origin, index) => checkOrigin(origin, `widget.origins.${index}`));
  return { origins: origins ?? old.origins, title: patch.title ?? old.title, color: patch.color ?? old.color };
}

/** `https://shop.example`, without a path: what a browser sends as Origin. */
function checkOrigin(text: string, path: string): string {
  try {
    const { origin, protocol } = new URL(text.trim());
    if (protocol === 'https:' || protocol === 'http:') return origin;
  } catch {
    // Said below, in words.
  }
  throw fieldProblem(path, 'url_invalid');
}
