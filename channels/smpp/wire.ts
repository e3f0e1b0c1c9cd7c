// The part of the `smpp` package that we use, with types it does not have: packing and unpacking PDUs over a socket of ours.
// Its sessions tell errors by events that end the process when nobody listens, so a listener comes with each.
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/** A PDU as it came, or its answer. Values of fields are the network's: look before use. */
export interface Pdu {
  command: string;
  command_status: number;
  sequence_number: number;
  isResponse(): boolean;
  response(fields?: PduFields): Pdu;
  readonly [field: string]: unknown;
}

export type PduFields = Readonly<Record<string, unknown>>;

export interface WireSession {
  on(event: 'pdu', listener: (pdu: Pdu) => void): void;
  on(event: 'close', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  send(pdu: Pdu, answered?: (pdu: Pdu) => void): boolean;
  close(): void;
  destroy(): void;
}

interface Library {
  Session: new (options: { socket: Socket }) => WireSession;
  PDU: new (command: string, fields: PduFields) => Pdu;
}

// CommonJS without types: this cast is the one place that says what is in there.
const library = createRequire(import.meta.url)('smpp') as Library;

export function openWire(socket: Socket): WireSession {
  const session = new library.Session({ socket });
  session.on('error', () => session.destroy());
  return session;
}

export const newPdu = (command: string, fields: PduFields = {}): Pdu => new library.PDU(command, fields);
