// A bot's credentials as a session and its messages need them, and the two ways a phone number is written. Pure.
import type { ChannelBot } from '../../src/domain/channel.ts';

export interface Centre {
  host: string;
  port: number;
  tls: boolean;
  /** As private addresses are allowed or not. */
  origin: string;
  /** The field of the form that says where it is. */
  field: 'apiRoot' | 'credentials.host';
}

const PORT = 2775;
const TLS_PORT = 3550;

/** An API root stands for the message centre's address: `https:` for TLS, `http:` for none. */
export function centreOf({ credentials, apiRoot }: ChannelBot): Centre {
  if (apiRoot !== null) {
    const { protocol, hostname, port, origin } = new URL(apiRoot);
    const tls = protocol === 'https:';
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || defaultPort(tls),
      tls,
      origin,
      field: 'apiRoot',
    };
  }
  const { host = '', security } = credentials;
  const tls = security === 'tls';
  const port = Number(credentials.port || defaultPort(tls));
  return { host, port, tls, origin: `smpp://${host}:${port}`, field: 'credentials.host' };
}

const defaultPort = (tls: boolean): number => (tls ? TLS_PORT : PORT);

const TON = { unknown: 0, international: 1, alphanumeric: 5 } as const;
const NPI = { unknown: 0, isdn: 1 } as const;

export interface Endpoint {
  ton: number;
  npi: number;
  address: string;
}

export function endpointOf(address: string): Endpoint {
  if (!/^\+?[0-9]+$/.test(address)) return { ton: TON.alphanumeric, npi: NPI.unknown, address };
  const digits = address.replace('+', '');
  // Short codes are numbers of one network, not of the world.
  return { ton: digits.length > 8 ? TON.international : TON.unknown, npi: NPI.isdn, address: digits };
}

/** As connections are known by: international form with a plus. */
export const phoneOf = (address: string): string => (/^[0-9]{7,15}$/.test(address) ? `+${address}` : address);
