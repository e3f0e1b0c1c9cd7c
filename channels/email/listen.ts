// A small mail server for what comes back: bounces, complaints, replies and wishes to leave. It takes only letters to
// addresses that we made ourselves, and says "taken" after they are stored; so it is neither a relay nor a mailbox for spam.
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { Problem } from '../../src/domain/problem.ts';
import { readMessage } from './incoming.ts';
import { domainOf } from './settings.ts';
import { isJoinAddress, readTag } from './tag.ts';

type Receive = (updates: readonly unknown[]) => Promise<void>;

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_CLIENTS = 50;

/** Resolves when `signal` aborts. Throws a Problem when the port cannot be had. */
export async function listen(bot: ChannelBot, receive: Receive, signal: AbortSignal): Promise<void> {
  const port = Number(bot.credentials.receivePort);
  const server = new SMTPServer({
    name: domainOf(bot.credentials.bounceAddress ?? ''),
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    closeTimeout: 1000,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      const known = readTag(bot, address) !== null || isJoinAddress(bot, address);
      callback(known ? null : refusal(550, 'No such mailbox here'));
    },
    onData(stream, { envelope }, callback) {
      const recipients = envelope.rcptTo.map(({ address }) => address);
      callbackify(take)(stream, recipients, receive, (error: Error | null) =>
        error
          ? callback(error instanceof TooLarge ? refusal(552, 'Too large') : refusal(451, 'Try again later'))
          : callback(null, 'Taken'),
      );
    },
  });
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => server.close(() => resolve());
    server.on('error', (error: NodeJS.ErrnoException) => {
      // Errors of single clients come here too; only what keeps the server from listening ends it.
      if (error.syscall !== 'listen') return;
      signal.removeEventListener('abort', stop);
      reject(new Problem('port_unavailable', { port, reason: error.code ?? '' }));
    });
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', stop, { once: true });
    server.listen(port);
  });
}

class TooLarge extends Error {}

async function take(stream: SMTPServerDataStream, recipients: readonly string[], receive: Receive): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) throw new TooLarge();
  await receive([await readMessage(Buffer.concat(chunks), recipients)]);
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });
