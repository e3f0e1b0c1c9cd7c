// A bot's credentials as the mail server and the letters need them. Pure.
import { createPrivateKey } from 'node:crypto';
import type { ChannelBot } from '../../src/domain/channel.ts';

export interface Server {
  host: string;
  port: number;
  /** From the first byte, asked for before anything else is said, or not at all. */
  tls: 'implicit' | 'starttls' | 'none';
  /** As private addresses are allowed or not. */
  origin: string;
  /** The field of the form that says where the server is. */
  field: 'apiRoot' | 'credentials.host';
}

const SUBMISSION_PORT = 587;
const IMPLICIT_TLS_PORT = 465;

/** An API root stands for the server's address: `https:` for TLS from the first byte, `http:` for none. */
export function serverOf({ credentials, apiRoot }: ChannelBot): Server {
  if (apiRoot !== null) {
    const { protocol, hostname, port, origin } = new URL(apiRoot);
    const secure = protocol === 'https:';
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (secure ? IMPLICIT_TLS_PORT : SUBMISSION_PORT),
      tls: secure ? 'implicit' : 'none',
      origin,
      field: 'apiRoot',
    };
  }
  const { host = '', port, security } = credentials;
  const number = Number(port || SUBMISSION_PORT);
  const wished = security || (number === IMPLICIT_TLS_PORT ? 'tls' : 'starttls');
  return {
    host,
    port: number,
    tls: wished === 'tls' ? 'implicit' : wished === 'plain' ? 'none' : 'starttls',
    origin: `smtp://${host}:${number}`,
    field: 'credentials.host',
  };
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** The private key in the form it is signed with; null for what is none. Line breaks may have been lost on the way. */
export function signingKey(text: string): string | null {
  const [, label = 'PRIVATE KEY', inner = text] = /-----BEGIN ([A-Z ]+)-----([^-]*)-----END/.exec(text) ?? [];
  const lines = inner.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  const pem = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    return null;
  }
}
