// What is e-mail's own about a simulated sender and its people: their addresses, and how each act is told as a letter or,
// for leaving, as the one POST of RFC 8058.
import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { Ledger } from '../../lib/simulator/ledger.ts';
import { BadWish, type BotWish, type Messenger } from '../../lib/simulator/messenger.ts';
import { personAt } from '../../lib/simulator/people.ts';
import { isLocal } from '../../lib/simulator/visitor.ts';
import type { SimulatedBot, World } from '../../lib/simulator/world.ts';
import { complaintOf, type Handle, letterFrom } from './letters.ts';
import { openPost, type Post } from './post.ts';

export interface MailBot extends SimulatedBot {
  post: Post;
  /** By person. */
  handles: Map<number, Handle>;
}

export type MailWorld = World<MailBot>;

const DOMAIN = 'herald.example';
const ADDRESS = /^person(\d{1,6})@example\.com$/i;

export const createMessenger = (world: MailWorld, smtpPort: number): Messenger<MailBot> => ({
  addressOf: (index) => personAt(index).email,
  indexOf: (address) => (ADDRESS.test(address) ? Number(ADDRESS.exec(address)?.[1]) : null),
  createBot: (wish) => createBot(world, smtpPort, wish),
  tell: {
    started(bot, index, ref) {
      const { bounceAddress = '' } = bot.credentials;
      const join = bounceAddress.replace('@', '+join@');
      bot.post.letter(join, letterFrom(personAt(index), join, ref === null ? 'START' : `START ${ref}`, ''));
    },
    stopped(bot, index) {
      const handle = bot.handles.get(index);
      if (handle?.oneClick) bot.post.job(() => postOneClick(handle.oneClick ?? ''));
      else if (handle) bot.post.letter(handle.replyTo, letterFrom(personAt(index), handle.replyTo, 'Re: STOP', 'STOP'));
    },
    replied(bot, index, text) {
      const handle = bot.handles.get(index);
      if (handle) bot.post.letter(handle.replyTo, letterFrom(personAt(index), handle.replyTo, 'Re: your letter', text));
    },
    // Who wants no more calls it spam; the provider tells the sender.
    blocked(bot, index) {
      const handle = bot.handles.get(index);
      if (handle) bot.post.letter(handle.returnPath, complaintOf(handle));
    },
    unblocked: () => undefined,
    pressed: () => undefined,
    opened(bot, { details }) {
      const { pixel } = details;
      if (typeof pixel === 'string' && isLocal(pixel)) bot.post.job(() => fetchPicture(pixel));
    },
  },
});

function createBot(world: MailWorld, smtpPort: number, { name, username, credentials, mailPort }: BotWish): MailBot {
  if (mailPort === null) throw new BadWish('mailPort: where are letters to the bot taken?');
  const number = world.bots.size + 1;
  const from = credentials.from ?? `shop${number}@${DOMAIN}`;
  const post = openPost(mailPort);
  return {
    id: from,
    name,
    username: username ?? from,
    credentials: {
      host: '127.0.0.1',
      port: String(smtpPort),
      security: 'plain',
      user: from,
      password: credentials.password ?? randomBytes(12).toString('hex'),
      from,
      fromName: name,
      bounceAddress: credentials.bounceAddress ?? `back${number}@${DOMAIN}`,
      joinByLetter: 'yes',
      // All its people have their mailboxes at one host.
      hostRate: '100',
    },
    apiRoot: `http://127.0.0.1:${smtpPort}`,
    ledger: new Ledger(),
    updates: post,
    post,
    handles: new Map(),
    nextAt: 0,
  };
}

async function postOneClick(url: string): Promise<void> {
  if (!isLocal(url)) return;
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  await answer.body.dump();
  // Redirects and questions are not what the standard allows.
  if (answer.statusCode >= 300) throw new Error(`one-click answered ${answer.statusCode}`);
}

async function fetchPicture(url: string): Promise<void> {
  const answer = await request(url, { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Thunderbird/128.0' } });
  await answer.body.dump();
}
