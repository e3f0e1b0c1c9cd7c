// The mail server of the simulated provider: takes letters of its own senders, as strictly as large providers take mailings,
// and puts them into people's mailboxes.
import { callbackify } from 'node:util';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerEnvelope } from 'smtp-server';
import type { Crowd } from '../../lib/simulator/crowd.ts';
import { BLOCKED } from '../../lib/simulator/ledger.ts';
import { holdMessage } from '../../lib/simulator/limits.ts';
import type { Messenger } from '../../lib/simulator/messenger.ts';
import type { Content, ReceivedButton } from '../../lib/simulator/world.ts';
import { sameSecret } from '../../lib/secrets.ts';
import { bounceOf, type Handle } from './letters.ts';
import type { MailBot, MailWorld } from './mailbox.ts';

const MAX_BYTES = 25 * 1024 * 1024;

interface SinkDeps {
  world: MailWorld;
  messenger: Messenger<MailBot>;
  receive: Crowd<MailBot>['receive'];
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

export function createSink(deps: () => SinkDeps): SMTPServer {
  return new SMTPServer({
    name: 'mx.example.com',
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    closeTimeout: 200,
    logger: false,
    onAuth({ username = '', password }, _session, callback) {
      const bot = deps().world.bots.get(username);
      const right = sameSecret(password ?? '', bot?.credentials.password ?? '');
      if (right) callback(null, { user: username });
      else callback(refusal(535, '5.7.8 Authentication credentials invalid'));
    },
    onRcptTo({ address }, _session, callback) {
      const here = /@example\.com$/i.test(address);
      callback(here ? null : refusal(550, '5.1.2 No such domain'));
    },
    onData(stream, { envelope, user }, callback) {
      callbackify(take)(deps(), String(user), stream, envelope, (error: Error | null) => callback(error, 'queued'));
    },
  });
}

async function take(
  { world, messenger, receive }: SinkDeps,
  user: string,
  stream: SMTPServerDataStream,
  { mailFrom, rcptTo }: SMTPServerEnvelope,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const bot = world.bots.get(user);
  const recipient = rcptTo[0]?.address ?? '';
  if (!bot || rcptTo.length !== 1) throw refusal(452, '4.5.3 One receiver a letter');
  if (stream.sizeExceeded) throw refusal(552, '5.3.4 Message too big');
  const raw = Buffer.concat(chunks);
  const mail = await PostalMime.parse(raw);
  const fault = faultOf(mail, bot);
  if (fault !== null) {
    world.counts.rejected += 1;
    throw refusal(550, fault);
  }
  const index = messenger.indexOf(recipient);
  if (holdMessage(world, bot, index ?? 0) > 0) throw refusal(421, '4.7.28 Unusual rate of mail, slow down');

  const handle = handleOf(mail, raw, mailFrom ? mailFrom.address : '');
  // Relays take what the far end refuses: who is not there bounces.
  if (index === null || index >= world.people) return bot.post.letter(handle.returnPath, bounceOf(handle, recipient));
  bot.handles.set(index, handle);
  // What goes to the spam folder is not seen.
  if (bot.ledger.state(index) !== BLOCKED) receive(bot, index, handle.messageId, contentOf(mail, handle));
}

const headerOf = (mail: Email, name: string): string => mail.headers.find(({ key }) => key === name)?.value ?? '';

/** What providers demand of mailings; null when there is nothing to find fault with. */
function faultOf(mail: Email, bot: MailBot): string | null {
  if (mail.from?.address !== bot.credentials.from) return '5.7.60 Sender not owned by user';
  if (!mail.messageId || !mail.date) return '5.7.1 Messages missing Message-ID or Date are not accepted';
  if (!mail.subject) return '5.7.1 Messages without a subject are not accepted';
  if (!mail.html || !mail.text) return '5.6.0 Both plain text and HTML are needed';
  if (!/<https?:[^>]+>/.test(headerOf(mail, 'list-unsubscribe'))) return '5.7.1 Bulk mail needs List-Unsubscribe';
  if (headerOf(mail, 'list-unsubscribe-post') !== 'List-Unsubscribe=One-Click')
    return '5.7.1 Bulk mail needs one-click unsubscribe (RFC 8058)';
  return null;
}

function handleOf(mail: Email, raw: Buffer, returnPath: string): Handle {
  const end = raw.indexOf('\r\n\r\n');
  return {
    messageId: (mail.messageId ?? '').replace(/[<>]/g, ''),
    oneClick: /<(https?:[^>]+)>/.exec(headerOf(mail, 'list-unsubscribe'))?.[1] ?? null,
    replyTo: mail.replyTo?.[0]?.address ?? returnPath,
    returnPath,
    headers: raw.subarray(0, end === -1 ? raw.length : end).toString('utf8'),
  };
}

/** What a person sees: words, the picture, buttons as our letters draw them, other links; and the pixel that tells. */
function contentOf(mail: Email, { oneClick }: Handle): Content {
  const html = mail.html ?? '';
  const anchors = [...html.matchAll(/<a\s([^>]*)>([\s\S]*?)<\/a>/gi)].map(([, attributes = '', inner = '']) => ({
    url: attribute(attributes, 'href'),
    drawn: /border-radius/.test(attributes),
    label: unescape(inner.replace(/<[^>]*>/g, '')).trim(),
  }));
  const pictures = [...html.matchAll(/<img\s([^>]*)>/gi)].map(([, attributes = '']) => ({
    url: attribute(attributes, 'src'),
    pixel: attribute(attributes, 'width') === '1',
  }));
  const seen = anchors.filter(({ url }) => url !== '' && url !== oneClick);
  return {
    method: 'letter',
    text: mail.text ?? '',
    picture: pictures.find(({ pixel }) => !pixel)?.url ?? null,
    buttons: seen.filter(({ drawn }) => drawn).map(({ label, url }): ReceivedButton[] => [{ label, url }]),
    links: seen.filter(({ drawn }) => !drawn).map(({ url }) => url),
    details: {
      subject: mail.subject,
      pixel: pictures.find(({ pixel }) => pixel)?.url ?? null,
      unsubscribe: oneClick,
      html,
    },
  };
}

const attribute = (text: string, name: string): string =>
  unescape(new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(text)?.[1] ?? '');

const unescape = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
