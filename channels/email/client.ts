// The way to a mail server: nodemailer's pool, one per account, over connections that we dial. It repeats nothing that may
// have arrived, and says of every failure how far it got.
import type { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import nodemailer, { type DKIMOptions, type SMTPPoolOptions, type Transporter } from 'nodemailer';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { dial } from '../lib/dial.ts';
import { NoAnswer } from '../lib/http.ts';
import type { Composed } from './compose.ts';
import { domainOf, serverOf, signingKey } from './settings.ts';

export interface MailClient {
  send(bot: ChannelBot, mail: Composed): Promise<SendResult>;
  /** Greets the server and signs in; sends nothing. Null when that went well. */
  verify(bot: ChannelBot): Promise<SendFailure | null>;
}

export type SendResult = { kind: 'taken' } | SendFailure;

export interface SendFailure {
  kind: 'failed';
  /** nodemailer's or the system's. */
  code: string;
  /** What the server was asked. */
  command: string;
  /** What the server answered: null where it said nothing. */
  reply: { code: number; text: string } | null;
  /** Some of the letter may have left this machine. */
  begun: boolean;
}

const GREETING_TIMEOUT_MS = 15_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** Servers end idle connections themselves after a few minutes. */
const IDLE_MS = 30_000;
const MAX_CONNECTIONS = 8;
const MAX_ACCOUNTS = 200;

/** RFC 8058 wants both headers signed; the library's own list knows but one of them. */
const SIGNED_FIELDS = [
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:MIME-Version:Content-Type:Content-Transfer-Encoding',
  'List-Id:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID',
].join(':');

interface Account {
  transport: Transporter;
  /** Streams of the letters under way, by message id: whether one was read tells whether it has begun to leave. */
  streams: Map<string, Readable>;
}

export function createMailClient(allowPrivate: (origin: string) => boolean): MailClient {
  const accounts = new Map<string, Account>();

  const accountOf = (bot: ChannelBot): Account => {
    const key = JSON.stringify([bot.credentials, bot.apiRoot]);
    let account = accounts.get(key);
    if (!account) {
      if (accounts.size >= MAX_ACCOUNTS) {
        for (const { transport } of accounts.values()) transport.close();
        accounts.clear();
      }
      account = openAccount(bot, allowPrivate);
      accounts.set(key, account);
    }
    return account;
  };

  return {
    async send(bot, mail) {
      const { transport, streams } = accountOf(bot);
      try {
        await transport.sendMail(mail);
        return { kind: 'taken' };
      } catch (error) {
        return failureOf(error, streams.get(mail.messageId)?.readableDidRead ?? false);
      } finally {
        streams.delete(mail.messageId);
      }
    },
    async verify(bot) {
      const { transport } = openAccount(bot, allowPrivate);
      try {
        await transport.verify();
        return null;
      } catch (error) {
        return failureOf(error, false);
      } finally {
        transport.close();
      }
    },
  };
}

function openAccount(bot: ChannelBot, allowPrivate: (origin: string) => boolean): Account {
  const { host, port, tls, origin } = serverOf(bot);
  const { user = '', password = '', from = '' } = bot.credentials;
  const streams = new Map<string, Readable>();
  const options: SMTPPoolOptions & { pool: true } = {
    pool: true,
    host,
    port,
    name: domainOf(from),
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    ...signatureOf(bot),
    maxConnections: MAX_CONNECTIONS,
    maxRequeues: 1,
    idleTimeout: IDLE_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    getSocket: (_options, callback) => {
      callbackify(dial)({ host, port }, allowPrivate(origin), (error, connection) =>
        callback(error, error ? false : { connection }),
      );
    },
  };
  const transport = nodemailer.createTransport(options);
  transport.use('stream', ({ message, data }, done) => {
    const create = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const stream = create(options);
      streams.set(data.messageId ?? '', stream);
      return stream;
    };
    done();
  });
  return { transport, streams };
}

function signatureOf({ credentials }: ChannelBot): { dkim?: DKIMOptions } {
  const { dkimSelector = '', dkimKey = '', from = '' } = credentials;
  const privateKey = dkimSelector === '' ? null : signingKey(dkimKey);
  if (privateKey === null) return {};
  return {
    dkim: { domainName: domainOf(from), keySelector: dkimSelector, privateKey, headerFieldNames: SIGNED_FIELDS },
  };
}

function failureOf(error: unknown, begun: boolean): SendFailure {
  if (error instanceof NoAnswer)
    return { kind: 'failed', code: error.code, command: 'CONN', reply: null, begun: false };
  if (!(error instanceof Error)) return { kind: 'failed', code: 'UNKNOWN', command: '', reply: null, begun };
  const { code, command, response, responseCode } = error as Error & Record<string, unknown>;
  return {
    kind: 'failed',
    code: typeof code === 'string' ? code : error.name,
    command: typeof command === 'string' ? command : '',
    reply: typeof responseCode === 'number' ? { code: responseCode, text: String(response) } : null,
    begun,
  };
}
