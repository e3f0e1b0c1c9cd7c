// The files of a bot's own page, at /channels/:key/<path>: the page, its script, the service worker and the manifest that lets
// the page onto a home screen. Pure, but for the clock in the page's token.
import type { ChannelBot, HttpAnswer } from '../../src/domain/channel.ts';
import { pageHtml, pageScript } from './page.ts';
import { pageToken } from './tokens.ts';
import { WORKER } from './worker.ts';

export interface ServeDeps {
  now: () => number;
  translate: (language: string, key: string) => string;
}

export const PAGE = 'subscribe';

const LANGUAGES = ['en', 'uk', 'ru', 'es', 'vi'];
const SENTENCES = [
  'invitation',
  'subscribe',
  'subscribed',
  'unsubscribe',
  'denied',
  'failed',
  'unsupported',
  'homeScreen',
] as const;

export function serve({ now, translate }: ServeDeps, path: string, bot: ChannelBot): HttpAnswer | null {
  switch (path) {
    case PAGE:
      return { status: 200, type: 'text/html', body: pageHtml(escaped(bot.name)) };
    case 'page.js': {
      const texts = Object.fromEntries(
        LANGUAGES.map((language) => [
          language,
          Object.fromEntries(SENTENCES.map((key) => [key, translate(language, `channels:webpush.page.${key}`)])),
        ]),
      );
      const config = {
        publicKey: bot.credentials.publicKey ?? '',
        token: pageToken(bot.webhookSecret, now()),
        texts,
      };
      return { status: 200, type: 'text/javascript', body: pageScript(config) };
    }
    case 'sw.js':
      return { status: 200, type: 'text/javascript', body: WORKER };
    case 'manifest.json': {
      const manifest = { name: bot.name, short_name: bot.name.slice(0, 30), start_url: PAGE, display: 'standalone' };
      return { status: 200, type: 'application/manifest+json', body: JSON.stringify(manifest) };
    }
    default:
      return null;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (found) => ESCAPES[found] ?? found);
