// Opens a TCP connection for the protocols that are not HTTP, under the same rule: nothing leads into the server's own
// network unless that is allowed. The address that is checked is the one that is dialled.
import { connect, type Socket } from 'node:net';
import { isPrivateAddress, literalAddress, PrivateAddressError, publicLookup } from './addresses.ts';
import { codeOf, NoAnswer } from './http.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface Place {
  host: string;
  port: number;
}

/** Rejects with a `NoAnswer` that says that nothing was sent. */
export function dial({ host, port }: Place, allowPrivate: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      socket?.destroy();
      reject(new NoAnswer(codeOf(error), false));
    };
    let socket: Socket | null = null;
    const literal = literalAddress(host);
    if (!allowPrivate && literal !== null && isPrivateAddress(literal)) {
      fail(new PrivateAddressError(host));
      return;
    }
    const options = { host: literal ?? host, port, ...(allowPrivate ? {} : { lookup: publicLookup }) };
    const opened = connect(options);
    socket = opened;
    const late = setTimeout(() => fail(new NoAnswer('ETIMEDOUT', false)), CONNECT_TIMEOUT_MS);
    opened.once('error', (error) => {
      clearTimeout(late);
      fail(error);
    });
    opened.once('connect', () => {
      clearTimeout(late);
      opened.removeAllListeners('error');
      // Whoever gets the socket listens next; until then an error must not end the process.
      opened.on('error', () => undefined);
      resolve(opened);
    });
  });
}
