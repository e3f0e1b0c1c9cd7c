// Files that a channel has for browsers, below /channels/:key/, where :key is the one of the bot's webhook address: a
// service worker, say, or a page to subscribe on. What they are only the channel knows.
import { Router } from 'express';
import { Problem } from '../domain/problem.ts';
import { getBotByWebhookKey, toChannelBot, webhookPath } from '../store/bots.ts';
import type { HttpDeps } from './deps.ts';

export type ServedDeps = Pick<HttpDeps, 'db' | 'keyring' | 'channels' | 'config' | 'publicUrl'>;

export function servedRouter(deps: ServedDeps): Router {
  const router = Router();
  router.get('/channels/:key/*path', async (request, response) => {
    const key = String(request.params.key);
    const bot = await getBotByWebhookKey(deps.db, key);
    const channel = bot && deps.channels.get(bot.channel);
    const path = [request.params.path ?? []].flat().join('/');
    const base = deps.publicUrl();
    const open = bot && {
      ...toChannelBot(bot, deps.keyring, deps.config.apiRoots),
      webhookUrl: base + webhookPath(key),
    };
    const file = open && channel?.serve?.(path, open, `${base}/channels/${key}`);
    if (!file) throw new Problem('unknown_route', { path: '/channels' });
    response.setHeader('Cache-Control', 'no-cache');
    // Other sites may load them; a service worker may watch over its own folder and nothing else of this server.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.setHeader('Service-Worker-Allowed', `/channels/${key}/`);
    response.status(file.status).type(file.type).send(file.body);
  });
  return router;
}
