// The mail server for what comes back: bounces, complaints, replies and wishes to leave, of all bots on one port. It takes only
// letters to addresses that we made ourselves, and says "taken" after they are stored; so it is neither a relay nor a mailbox
// for spam, and what is forged never reaches the store.
import { createConnection } from 'node:net';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import type { ChannelBot, PortAnswer, Receive } from '../../src/domain/channel.ts';
import { Problem } from '../../src/domain/problem.ts';
import { readMessage } from './incoming.ts';
import { isComplaintAddress, isJoinAddress, isOurDomain, readTag } from './tag.ts';

interface Member {
  bot: ChannelBot;
  receive: Receive;
}

export interface MailDoor {
  readonly port: number;
  /** The first bot opens the port, the last one closes it. Resolves when `signal` aborts; throws a Problem without the port. */
  listen(bot: ChannelBot, receive: Receive, signal: AbortSignal): Promise<void>;
  probe(): Promise<PortAnswer>;
}

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_CLIENTS = 50;
const PROBE_MS = 3000;
const BANNER = 'Herald';

export function createMailDoor({ host, port }: { host: string; port: number }): MailDoor {
  const members = new Set<Member>();
  let open: Promise<SMTPServer> | null = null;
  /** Ends of the one before: the port is free again after it. */
  let closed: Promise<void> = Promise.resolve();

  return {
    port,
    async listen(bot, receive, signal) {
      const member = { bot, receive };
      members.add(member);
      const opened = (open ??= closed.then(() => openServer({ host, port }, members)));
      try {
        await opened;
        await aborted(signal);
      } finally {
        members.delete(member);
        if (members.size === 0) {
          open = null;
          await (closed = closeServer(opened));
        }
      }
    },
    probe: () => greetedAt(['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host, port),
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function openServer({ host, port }: { host: string; port: number }, members: ReadonlySet<Member>): Promise<SMTPServer> {
  const server = new SMTPServer({
    banner: BANNER,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    closeTimeout: 1000,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      if (ownersOf(members, address).length > 0) return callback();
      // As a relay tells strangers, and as a mailbox that nobody has.
      const isHere = [...members].some(({ bot }) => isOurDomain(bot, address));
      callback(isHere ? refusal(550, '5.1.1 No such mailbox here') : refusal(550, '5.7.1 No relaying here'));
    },
    onData(stream, { envelope }, callback) {
      const recipients = envelope.rcptTo.map(({ address }) => address);
      callbackify(take)(stream, recipients, members, (error: Error | null) =>
        error
          ? callback(
              error instanceof TooLarge ? refusal(552, '5.3.4 Too large') : refusal(451, '4.3.0 Try again later'),
            )
          : callback(null, '2.0.0 Taken'),
      );
    },
  });
  return new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      // Errors of single clients come here too; only what keeps the server from listening ends it.
      if (error.syscall === 'listen') reject(new Problem('port_unavailable', { port, reason: error.code ?? '' }));
    });
    server.listen(port, host, () => resolve(server));
  });
}

const closeServer = (opened: Promise<SMTPServer>): Promise<void> =>
  opened.then(
    (server) => new Promise((resolve) => void server.close(() => resolve())),
    () => undefined,
  );

/** Each bot signs with a secret of its own: an address of ours says by itself whose it is. A complaint is shown to all it may concern. */
function ownersOf(members: ReadonlySet<Member>, address: string): Member[] {
  const owner = [...members].find(({ bot }) => readTag(bot, address) !== null || isJoinAddress(bot, address));
  return owner ? [owner] : [...members].filter(({ bot }) => isComplaintAddress(bot, address));
}

class TooLarge extends Error {}

async function take(
  stream: SMTPServerDataStream,
  recipients: readonly string[],
  members: ReadonlySet<Member>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) throw new TooLarge();
  const raw = Buffer.concat(chunks);
  const owners = recipients.map((address) => ownersOf(members, address));
  // Its bot was let go of while the letter was on its way.
  if (owners.some((all) => all.length === 0)) throw new Error('nobody listens for this bot');
  for (const owner of new Set(owners.flat())) {
    const own = recipients.filter((_address, index) => owners[index]?.includes(owner));
    await owner.receive([await readMessage(raw, own)]);
  }
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

/** Who greets there? */
const greetedAt = (host: string, port: number): Promise<PortAnswer> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (answer: PortAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(PROBE_MS, () => end('other'));
    socket.once('error', () => end('nobody'));
    socket.once('data', (greeting: string) => end(greeting.includes(`ESMTP ${BANNER}`) ? 'ours' : 'other'));
    socket.once('close', () => end('other'));
  });
