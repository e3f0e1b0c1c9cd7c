// One bound session at a message centre: a window of unanswered requests, a sign of life every half minute, and an end that
// everyone who waits is told of. It reconnects nothing; whoever holds it opens another.
import { connect as secure } from 'node:tls';
import { dial } from '../lib/dial.ts';
import { NoAnswer } from '../lib/http.ts';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { centreOf } from './settings.ts';
import { newPdu, openWire, type Pdu, type PduFields } from './wire.ts';

export type Role = 'transmitter' | 'receiver';

/** The answer; or that the request was never written, or was and then the centre kept silent or the session ended. */
export type Asked = Pdu | 'unsent' | 'lost';

export interface Session {
  ask(command: string, fields: PduFields): Promise<Asked>;
  /** Says goodbye and ends. */
  end(): void;
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>;
}

/** The centre refused the bind. */
export class BindRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`bind refused (0x${status.toString(16)})`);
    this.name = 'BindRefused';
    this.status = status;
  }
}

export interface SessionOptions {
  bot: ChannelBot;
  role: Role;
  allowPrivate: (origin: string) => boolean;
  /** Takes a `deliver_sm`; it is confirmed when this resolves, and comes again when it rejects. */
  take?: (pdu: Pdu) => Promise<void>;
}

const VERSION_3_4 = 0x34;
const ANSWER_TIMEOUT_MS = 30_000;
const LIFE_SIGN_MS = 30_000;
const DEFAULT_WINDOW = 10;
const ESME_RSYSERR = 0x08;
const ESME_RX_T_APPN = 0x64;

/** Rejects with `BindRefused`, or with a `NoAnswer` that says that nothing was sent. */
export async function openSession({ bot, role, allowPrivate, take }: SessionOptions): Promise<Session> {
  const centre = centreOf(bot);
  const plain = await dial(centre, allowPrivate(centre.origin));
  const wire = openWire(centre.tls ? secure({ socket: plain, servername: centre.host }) : plain);
  const { systemId = '', password = '', systemType = '', window } = bot.credentials;

  const lost = new Set<() => void>();
  const turns: (() => void)[] = [];
  let free = Number(window || DEFAULT_WINDOW);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    wire.on('close', () => {
      over = true;
      for (const tell of lost) tell();
      for (const go of turns.splice(0)) go();
      resolve();
    });
  });

  const exchange = (command: string, fields: PduFields): Promise<Asked> =>
    new Promise((resolve) => {
      const settle = (answer: Asked): void => {
        clearTimeout(timer);
        lost.delete(silence);
        resolve(answer);
      };
      const silence = (): void => settle('lost');
      // A centre that leaves one request unanswered leaves all: the session is of no use any more.
      const timer = setTimeout(() => {
        settle('lost');
        wire.destroy();
      }, ANSWER_TIMEOUT_MS);
      lost.add(silence);
      if (over || !wire.send(newPdu(command, fields), settle)) settle('unsent');
    });

  const respond = (pdu: Pdu, status: number): void => void wire.send(pdu.response({ command_status: status }));
  wire.on('pdu', (pdu) => {
    if (pdu.isResponse()) return;
    if (pdu.command === 'enquire_link') respond(pdu, 0);
    else if (pdu.command === 'deliver_sm' && take)
      take(pdu).then(
        () => respond(pdu, 0),
        () => respond(pdu, ESME_RX_T_APPN),
      );
    else if (pdu.command === 'unbind') {
      respond(pdu, 0);
      wire.close();
    } else respond(pdu, ESME_RSYSERR);
  });

  const bound = await exchange(`bind_${role}`, {
    system_id: systemId,
    password,
    system_type: systemType,
    interface_version: VERSION_3_4,
  });
  if (typeof bound === 'string' || bound.command_status !== 0) {
    wire.destroy();
    throw typeof bound === 'string' ? new NoAnswer('NO_BIND', false) : new BindRefused(bound.command_status);
  }
  const lifeSigns = setInterval(() => void exchange('enquire_link', {}), LIFE_SIGN_MS);
  lifeSigns.unref();
  void ended.then(() => clearInterval(lifeSigns));

  return {
    ended,
    async ask(command, fields) {
      if (free === 0) await new Promise<void>((resolve) => turns.push(resolve));
      else free -= 1;
      try {
        return await exchange(command, fields);
      } finally {
        const next = turns.shift();
        if (next) next();
        else free += 1;
      }
    },
    end() {
      if (over) return;
      wire.send(newPdu('unbind'));
      wire.close();
    },
  };
}
