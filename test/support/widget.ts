// A server with the website chat in this process, the widget built once, and the ways a test sends to its visitors.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createWebChannel } from '../../channels/web/index.ts';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel, Outcome } from '../../src/domain/channel.ts';
import type { Button, Message } from '../../src/domain/message.ts';
import { ensureDemoBot } from '../../src/http/demo-bot.ts';
import { type Bot, toChannelBot, updateBot } from '../../src/store/bots.ts';
import type { Database } from '../../src/store/database.ts';
import { createMailbox } from '../../src/store/mailbox.ts';
import { startApp, type TestApp } from './app.ts';
import { type DatabaseKind, newDatabase } from './databases.ts';

let folder: Promise<string> | null = null;

async function buildIntoTemporary(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'herald-widget-'));
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const vite = [
    path('node_modules/vite/bin/vite.js'),
    'build',
    '-c',
    path('widget/vite.config.ts'),
    '--outDir',
    outDir,
  ];
  await promisify(execFile)(process.execPath, vite);
  return outDir;
}

/** The folder with the built `widget.js`. */
export const builtWidget = (): Promise<string> => (folder ??= buildIntoTemporary());

export interface WidgetServer extends TestApp {
  db: Database;
  bot: Bot;
  channel: Channel;
  /** Sends one message to each visitor, as the sender would. */
  send(visitors: readonly string[], message: Message, key: string): Promise<Outcome[]>;
}

export interface WidgetServerOptions {
  kind?: DatabaseKind;
  /** Sites that may carry the chat, beside the server itself. */
  origins?: string[];
  /** Leaves the built widget out: tests of the API alone need none. */
  plain?: boolean;
}

export async function startWidgetServer(options: WidgetServerOptions = {}): Promise<WidgetServer> {
  const db = await newDatabase(options.kind ?? 'sqlite');
  const bus = createLocalBus();
  const channel = createWebChannel({ mailbox: createMailbox(db, (news) => bus.publish('mailbox', news)) });
  const assets = options.plain ? {} : { assets: { admin: tmpdir(), widget: await builtWidget() } };
  const app = await startApp({ channels: [channel], deps: { db, bus, ...assets } });
  const made = await ensureDemoBot(app.deps);
  if (!made) throw new Error('no channel with sockets');
  const widget = { origins: options.origins ?? [], title: 'Kestrel Coffee', color: '#8a4b2a' };
  const bot = (await updateBot(db, made.id, { settings: { widget } })) ?? made;
  const channelBot = toChannelBot(bot, app.deps.keyring, {});
  return {
    ...app,
    db,
    bot,
    channel,
    async send(visitors, message, key) {
      const links = {
        button: (id: string) => ({ url: `${app.url}/healthz?button=${id}`, token: `token-of-${id}` }),
        inline: (url: string) => url,
        image: (source: string) => ({ url: source, media: null }),
        unsubscribe: () => `${app.url}/healthz?unsubscribe`,
        pixel: () => `${app.url}/healthz?pixel`,
      };
      const [payload] = channel.render(message, links, []);
      if (!payload) throw new Error('an empty message');
      return channel.deliver(
        visitors.map((address) => ({ address, payload, key })),
        channelBot,
      );
    },
  };
}

export const textMessage = (text: string, ...buttons: Button[]): Message => ({
  elements: [
    { kind: 'text', text: [{ text }] },
    ...(buttons.length > 0 ? [{ kind: 'buttons' as const, rows: [buttons] }] : []),
  ],
});
