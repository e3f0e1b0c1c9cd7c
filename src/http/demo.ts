// The demo shop at `/demo`: an ordinary page of somebody else's shop that carries the chat by one script tag, under a
// strict content security policy and without a request to any other host.
import { Router } from 'express';
import { LANGUAGES, pickLanguage } from '../i18n.ts';
import { type DemoDeps, ensureDemoBot } from './demo-bot.ts';
import { demoPage } from './demo-page.ts';
import { DEMO_SCRIPT, DEMO_STYLE } from './demo-style.ts';

const HOUR = 'public, max-age=3600';

export interface DemoRouterDeps extends DemoDeps {
  publicUrl: () => string;
}

export function demoRouter(deps: DemoRouterDeps): Router {
  const router = Router();
  router.get('/demo', async (request, response, next) => {
    const bot = await ensureDemoBot(deps);
    if (!bot) return next();
    const wish = LANGUAGES.find((language) => language === request.query.lang);
    const ref = typeof request.query.ref === 'string' ? request.query.ref : null;
    response.setHeader('Content-Security-Policy', policy(deps.publicUrl()));
    response.setHeader('Cache-Control', 'no-store');
    response
      .type('html')
      .send(demoPage({ bot: bot.publicId, ref, language: wish ?? pickLanguage(request.headers['accept-language']) }));
  });
  router.get('/demo/style.css', (_request, response) => {
    response.setHeader('Cache-Control', HOUR);
    response.type('css').send(DEMO_STYLE);
  });
  router.get('/demo/shop.js', (_request, response) => {
    response.setHeader('Cache-Control', HOUR);
    response.type('js').send(DEMO_SCRIPT);
  });
  return router;
}

/** Pictures in a mailing may lie anywhere on the web; everything else is ours. */
const policy = (publicUrl: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: https: ${new URL(publicUrl).origin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
