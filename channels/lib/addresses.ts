// Which network addresses an outgoing call may reach. Bots and pictures carry addresses people typed, so unless the
// configuration allows it nothing may lead into the server's own network; checked on the address that is dialled.
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address was refused before anything was sent to it. */
export class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS';
  constructor(hostname: string) {
    super(`${hostname} is a private address`);
    this.name = 'PrivateAddressError';
  }
}

/** Loopback, private, link-local, reserved and the like: all but ordinary unicast addresses. */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  return ipaddr.process(address).range() !== 'unicast';
}

/** A host name written as an address, with or without the brackets of IPv6; null for a real name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}

/** Resolves names as the system does, and refuses those that lead to a private address. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  const wish: LookupOptions = { ...options, all: true };
  systemLookup(hostname, wish, (error, found) => {
    const addresses: LookupAddress[] = Array.isArray(found) ? found : [];
    if (error) return callback(error, []);
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(new PrivateAddressError(hostname), []);
    }
    const first = addresses[0];
    if (options.all === true || !first) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};
