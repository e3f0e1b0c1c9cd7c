// A message centre for tests: binds whom it knows, takes texts or refuses them with the status a test chooses, and brings
// receipts and texts to whoever is bound as receiver.
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import type { Pdu, PduFields, WireSession } from '../../channels/smpp/wire.ts';
import { newPdu } from '../../channels/smpp/wire.ts';

interface CentreLibrary {
  createServer(listener: (session: WireSession) => void): Server;
}

const library = createRequire(import.meta.url)('smpp') as CentreLibrary;

export interface Submitted {
  to: string;
  text: string;
  dataCoding: number;
  udh: Buffer | null;
  payload: boolean;
  receipt: number;
}

export interface Smsc {
  port: number;
  /** `http:` stands for SMPP without TLS. */
  origin: string;
  password: string;
  binds: string[];
  submitted: Submitted[];
  /** Command status of the n-th text of the session so far; null: no answer at all. */
  status: (count: number) => number | null;
  bindStatus: number;
  /** Requests that wait for an answer at this moment, and the most there ever were. */
  waiting: number;
  most: number;
  /** How long a text takes. */
  delayMs: number;
  /** Brings a PDU to the receiver; answers its status. */
  bring(fields: PduFields): Promise<number>;
  /** Ends all sessions, as a restart does. */
  drop(): void;
  close(): Promise<void>;
}

export async function startSmsc(password: string): Promise<Smsc> {
  const sessions = new Set<WireSession>();
  let receiver: WireSession | null = null;
  const server = library.createServer((session) => {
    sessions.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => {
      sessions.delete(session);
      if (receiver === session) receiver = null;
    });
    session.on('pdu', (pdu) => answer(session, pdu));
  });

  const answer = (session: WireSession, pdu: Pdu): void => {
    if (pdu.isResponse()) return;
    if (pdu.command.startsWith('bind_')) {
      const wrong = pdu.password !== smsc.password ? 0x0e : smsc.bindStatus;
      smsc.binds.push(pdu.command);
      session.send(pdu.response({ command_status: wrong, system_id: 'smsc' }));
      if (wrong === 0 && pdu.command === 'bind_receiver') receiver = session;
    } else if (pdu.command === 'submit_sm') {
      smsc.waiting += 1;
      smsc.most = Math.max(smsc.most, smsc.waiting);
      setTimeout(() => {
        smsc.waiting -= 1;
        take(session, pdu);
      }, smsc.delayMs);
    } else session.send(pdu.response());
  };

  const take = (session: WireSession, pdu: Pdu): void => {
    const status = smsc.status(smsc.submitted.length);
    if (status === null) return;
    if (status === 0) smsc.submitted.push(submittedOf(pdu));
    session.send(pdu.response({ command_status: status, message_id: `id-${smsc.submitted.length}` }));
  };

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const smsc: Smsc = {
    port,
    origin: `http://127.0.0.1:${port}`,
    password,
    binds: [],
    submitted: [],
    status: () => 0,
    bindStatus: 0,
    waiting: 0,
    most: 0,
    delayMs: 0,
    bring: (fields) =>
      new Promise((resolve, reject) => {
        if (!receiver?.send(newPdu('deliver_sm', fields), ({ command_status }) => resolve(command_status)))
          reject(new Error('nobody is bound as receiver'));
      }),
    drop: () => {
      for (const session of sessions) session.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        smsc.drop();
      }),
  };
  return smsc;
}

function submittedOf(pdu: Pdu): Submitted {
  const short = pdu.short_message as { message: string; udh?: Buffer[] };
  const long = pdu.message_payload as { message: string } | undefined;
  return {
    to: String(pdu.destination_addr),
    text: long?.message ?? short.message,
    dataCoding: Number(pdu.data_coding),
    udh: short.udh?.[0] ?? null,
    payload: long !== undefined,
    receipt: Number(pdu.registered_delivery),
  };
}
