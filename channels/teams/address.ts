// Where a person is: `<tenant>/<user>` in Teams, which outlives every conversation and can be imported, or
// `<service address>|<conversation>` on other channels of Bot Framework. Calls carry our token, so a service address that
// somebody typed or sent is used only where it is the platform's. Pure.
import type { ChannelBot } from '../../src/domain/channel.ts';

export type Address =
  | { kind: 'person'; tenant: string; user: string }
  | { kind: 'conversation'; service: string; conversation: string };

/** Documented for messages to people whose own service address is not known; its answer names that. */
const TEAMS_SERVICE = 'https://smba.trafficmanager.net/teams';

const SERVICE_HOSTS =
  /^(?:smba\.trafficmanager\.net|smba\.infra\.(?:gcc\.teams\.microsoft\.com|(?:gov|dod)\.teams\.microsoft\.us)|[a-z0-9-]+\.botframework\.com)$/;
const PERSON = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(\S{3,150})$/i;

/** The service that opens conversations in Teams. */
export const teamsServiceOf = ({ apiRoot }: ChannelBot): string =>
  apiRoot === null ? TEAMS_SERVICE : `${apiRoot.replace(/\/+$/, '')}/teams`;

/** Is this the platform's, or the one this bot was told to take for it? */
export function isAllowedService(service: string, { apiRoot }: ChannelBot): boolean {
  if (!URL.canParse(service)) return false;
  const { protocol, hostname, port, origin, username, password } = new URL(service);
  if (username !== '' || password !== '') return false;
  if (apiRoot !== null && URL.canParse(apiRoot) && origin === new URL(apiRoot).origin) return true;
  return protocol === 'https:' && port === '' && SERVICE_HOSTS.test(hostname);
}

export const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

export function readAddress(address: string, bot: ChannelBot): Address | null {
  const [, tenant, user] = PERSON.exec(address) ?? [];
  if (tenant !== undefined && user !== undefined) return { kind: 'person', tenant, user };
  const at = address.indexOf('|');
  const service = address.slice(0, Math.max(0, at));
  const conversation = address.slice(at + 1);
  return at > 0 && conversation !== '' && isAllowedService(service, bot)
    ? { kind: 'conversation', service, conversation }
    : null;
}

export const writeAddress = (address: Address): string =>
  address.kind === 'person'
    ? `${address.tenant}/${address.user}`
    : `${withoutSlash(address.service)}|${address.conversation}`;
