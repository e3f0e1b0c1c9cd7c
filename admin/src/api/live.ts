// The live stream of this tab, wired to fetch and to the query cache: a figure that moves on the server moves on every
// page that shows it, without asking again.
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Page } from '../../../src/http/api/common.ts';
import type { Live, Mailing, MailingRow } from '../../../src/http/api/mailings.ts';
import type { Import } from '../../../src/http/api/subscribers.ts';
import { API } from './client.ts';
import { createLiveStream } from './live-stream.ts';
import type { LiveState, LiveStream } from './live-stream.ts';
import { keys } from './queries.ts';

async function* openStream(lastEventId: string | null, signal: AbortSignal): AsyncGenerator<string> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastEventId !== null) headers['last-event-id'] = lastEventId;
  const response = await fetch(`${API}/live`, { headers, signal, credentials: 'same-origin' });
  if (!response.ok || !response.body) throw new Error(`live ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  yield '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

type MailingPages = Page<MailingRow> | InfiniteData<Page<MailingRow>>;

/** The row in a page of the table, replaced; the page itself when the row is not on it. */
function withRow(pages: MailingPages | undefined, row: MailingRow): MailingPages | undefined {
  if (!pages || !('items' in pages)) return pages;
  if (!pages.items.some((item) => item.id === row.id)) return pages;
  return { ...pages, items: pages.items.map((item) => (item.id === row.id ? row : item)) };
}

const lastStates = new WeakMap<QueryClient, Map<string, MailingRow['state']>>();

/** Has the mailing moved to another state (and so to another tab) since the last event? True for one seen first. */
function stateMoved(client: QueryClient, { id, state }: MailingRow): boolean {
  const states = lastStates.get(client) ?? new Map<string, MailingRow['state']>();
  const moved = states.get(id) !== state;
  lastStates.set(client, states.set(id, state));
  return moved;
}

/** Puts one live event into the cache. Exported for its tests. */
function applyLive(client: QueryClient, live: Live): void {
  if (live.kind === 'mailing') {
    const moved = stateMoved(client, live.mailing);
    client.setQueriesData<MailingPages>({ queryKey: keys.mailings }, (pages) => withRow(pages, live.mailing));
    client.setQueryData<Mailing>(
      keys.mailing(live.mailing.id),
      (mailing) => mailing && { ...mailing, ...live.mailing },
    );
    void client.invalidateQueries({ queryKey: keys.statistics(live.mailing.id) });
    void client.invalidateQueries({ queryKey: keys.starts(live.mailing.id) });
    if (!moved) return;
    // What it asks of people now is more than its row.
    void client.invalidateQueries({ queryKey: keys.mailing(live.mailing.id) });
    void client.invalidateQueries({ queryKey: keys.mailings });
  } else if (live.kind === 'bot') {
    void client.invalidateQueries({ queryKey: keys.bots });
  } else {
    client.setQueryData<Import>(
      keys.import(live.import.id),
      (known) => known && { ...known, ...live.import, state: known.state },
    );
    void client.invalidateQueries({ queryKey: keys.import(live.import.id) });
  }
}

const LIVE_QUERIES = [keys.mailings, ['mailing'], ['statistics'], ['starts'], keys.bots, ['import'], keys.simulator];

function refetchAll(client: QueryClient): void {
  for (const queryKey of LIVE_QUERIES) void client.invalidateQueries({ queryKey });
}

let stream: LiveStream | null = null;

function streamFor(client: QueryClient): LiveStream {
  stream ??= createLiveStream({
    open: openStream,
    onEvent: (event) => applyLive(client, JSON.parse(event.data) as Live),
    onGap: () => refetchAll(client),
    poll: () => refetchAll(client),
    random: Math.random,
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
  return stream;
}

/** Keeps the tab's stream open while the component is shown, and tells how it is doing. */
export function useLive(client: QueryClient): LiveState {
  const live = streamFor(client);
  useEffect(() => live.join(), [live]);
  return useSyncExternalStore(live.watch, live.state);
}
