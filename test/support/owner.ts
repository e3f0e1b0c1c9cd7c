// A server that already has its owner: what the pages' tests start from. The owner's requests go over the API, the
// owner's pages open signed in.
import type { BrowserContextOptions } from 'playwright-core';
import type { Simulator, SimulatorBody } from '../../src/http/api/bots.ts';
import type { Mailing, MailingBody } from '../../src/http/api/mailings.ts';
import type { Statistics } from '../../src/http/api/statistics.ts';
import type { Import, ImportOptions } from '../../src/http/api/subscribers.ts';
import type { OpenPage, Visit } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';
import { until } from './services.ts';

export const OWNER = {
  name: 'Mira Holt',
  email: 'mira@kestrel.example',
  password: 'copper kettle before noon',
  workspace: 'Kestrel Coffee',
  timeZone: 'Europe/Berlin',
} as const;

export interface OwnerApi {
  /** Sends JSON (or a form), reads JSON; throws for what is not a success. */
  <T>(method: string, path: string, body?: unknown): Promise<T>;
}

export interface OwnedServer extends RunningServer {
  api: OwnerApi;
  /** A page of a browser in which the owner is signed in. */
  openAsOwner(open: OpenPage, options?: BrowserContextOptions): Promise<Visit>;
}

type Cookies = { name: string; value: string }[];

/** The API with the session of a browser, or one opened by `cookies`. */
export function apiOf(server: Pick<RunningServer, 'url'>, cookies: Cookies): OwnerApi {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const form = body instanceof FormData;
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        cookie,
        origin: server.url,
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}

export async function startOwnedServer(environment: Record<string, string> = {}): Promise<OwnedServer> {
  const server = await startServer(environment);
  const response = await fetch(`${server.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ ...OWNER, token: server.setupToken, language: 'en' }),
  });
  if (!response.ok) throw new Error(`the set-up answered ${response.status}: ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((line) => {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
    return { name, value };
  });
  return {
    ...server,
    api: apiOf(server, cookies),
    async openAsOwner(open, options = {}) {
      const visit = await open({ locale: 'en-GB', timezoneId: 'Europe/Berlin', baseURL: server.url, ...options });
      await visit.context.addCookies(cookies.map((cookie) => ({ ...cookie, url: server.url })));
      return visit;
    },
  };
}

/** Simulated people over a simulated messenger, all of them there when it resolves. */
export async function fillSimulator(api: OwnerApi, body: SimulatorBody): Promise<Simulator> {
  let state = await api<Simulator>('POST', '/simulator', body);
  await until('the simulated people', async () => {
    state = await api<Simulator>('GET', '/simulator');
    return state.filled >= state.people;
  });
  return state;
}

/** The id the simulated messenger knows its people by, from 0. */
export const addressOf = (index: number): number => 7_000_000_001 + index;

/** Imports rows of a CSV as a person would, and waits until they are there. */
export async function importPeople(
  api: OwnerApi,
  csv: string,
  options: Partial<ImportOptions> & Pick<ImportOptions, 'mapping'>,
): Promise<Import> {
  const form = new FormData();
  form.set('file', new Blob([csv], { type: 'text/csv' }), 'people.csv');
  const { id } = await api<Import>('POST', '/imports', form);
  await api('POST', `/imports/${id}/run`, { consent: true, ...options });
  let state: Import | undefined;
  await until('the import', async () => {
    state = await api<Import>('GET', `/imports/${id}`);
    return state.state === 'done' || state.state === 'failed';
  });
  if (state?.state !== 'done') throw new Error(`the import failed: ${state?.reason}`);
  return state;
}

/** Gives a tag to the simulated people of these places. */
export const tagPeople = (api: OwnerApi, bot: string, tag: string, from: number, to: number): Promise<Import> =>
  importPeople(
    api,
    `address\n${Array.from({ length: to - from }, (_, index) => addressOf(from + index)).join('\n')}\n`,
    {
      mapping: { address: 'address' },
      bot,
      tags: [tag],
    },
  );

export const tagged = (tag: string): NonNullable<MailingBody['audience']> => ({
  all: [
    { field: 'connection.status', operator: 'is', value: 'active' },
    { field: 'tag', operator: 'has', value: tag },
  ],
});

export const draftOf = (api: OwnerApi, body: MailingBody): Promise<Mailing> => api<Mailing>('POST', '/mailings', body);

export const statisticsOf = (api: OwnerApi, id: string): Promise<Statistics> =>
  api<Statistics>('GET', `/mailings/${id}/statistics`);

/** The browser itself complains of the 401 by which a page learns that nobody is signed in. */
export const withoutSignIn = (complaints: readonly string[]): string[] =>
  complaints.filter((text) => !text.includes('status of 401'));
