// A mail server for tests: takes letters, or refuses them at the step and with the words a test chooses.
import { createConnection } from 'node:net';
import type { AddressInfo } from 'node:net';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';
import PostalMime, { type Email } from 'postal-mime';

/** Where the server refuses; `hang up` after the letter, so that nobody knows what became of it. */
export type Step = 'auth' | 'mail' | 'rcpt' | 'data';

export interface Taken {
  from: string;
  to: string[];
  raw: string;
  mail: Email;
}

export interface MailServer {
  port: number;
  /** `http:` stands for SMTP without TLS. */
  origin: string;
  taken: Taken[];
  connections: number;
  /** What is refused from now on. */
  refuse: { step: Step; code: number; text: string } | null;
  hangUp: boolean;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const refusalAt = (step: Step): Error | null =>
    mail.refuse?.step === step ? Object.assign(new Error(mail.refuse.text), { responseCode: mail.refuse.code }) : null;
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onConnect(_session, callback) {
      mail.connections += 1;
      callback();
    },
    onAuth({ username }, _session, callback) {
      const error = refusalAt('auth');
      if (error) callback(error);
      else callback(null, { user: username });
    },
    onMailFrom(_address, _session, callback) {
      callback(refusalAt('mail'));
    },
    onRcptTo(_address, _session, callback) {
      callback(refusalAt('rcpt'));
    },
    onData(stream, { envelope }, callback) {
      callbackify(take)(stream, envelope, (error: Error | null) => callback(error, 'queued'));
    },
  });
  const take = async (stream: AsyncIterable<Buffer>, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    if (mail.hangUp) {
      for (const connection of server.connections) connection.close();
    }
    const error = refusalAt('data');
    if (error) throw error;
    const raw = Buffer.concat(chunks);
    mail.taken.push({
      from: mailFrom ? mailFrom.address : '',
      to: rcptTo.map(({ address }) => address),
      raw: raw.toString('utf8'),
      mail: await PostalMime.parse(raw),
    });
  };
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const mail: MailServer = {
    port,
    origin: `http://127.0.0.1:${port}`,
    taken: [],
    connections: 0,
    refuse: null,
    hangUp: false,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  return mail;
}

/** Speaks SMTP line by line and answers what was answered; a dot alone ends a letter. */
export function speak(port: number, lines: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    const rest = [...lines];
    const socket = createConnection({ port, host: '127.0.0.1' });
    let buffer = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('close', () => resolve(answers));
    socket.on('data', (chunk: string) => {
      buffer += chunk;
      for (let end = buffer.indexOf('\r\n'); end !== -1; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (line[3] === '-') continue;
        answers.push(line);
        const next = rest.shift();
        if (next === undefined) socket.end();
        else socket.write(`${next}\r\n`);
      }
    });
  });
}
