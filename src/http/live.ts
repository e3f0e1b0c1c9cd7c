// One stream of server-sent events per tab. While anybody listens, the database is looked at once a second and what
// moved is told, so it makes no difference which process moved it. A tab that comes back gets what it missed, or all.
import type { Response } from 'express';
import { toRows } from './mailing-view.ts';
import { getBotById } from '../store/bots.ts';
import { getCampaignById } from '../store/campaigns.ts';
import { importMarks, mailingMarks } from '../store/live.ts';
import type { Live } from './api/mailings.ts';
import { stillSignedIn } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { guarded, type Route } from './route.ts';

const LOOK_MS = 1000;
const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing is cut off before it costs memory; it comes back by itself. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Events kept for tabs that come back. */
const KEPT = 500;

interface Told {
  id: number;
  text: string;
}

export interface LiveHub {
  routes: Route[];
  close(): void;
}

export function createLive(deps: HttpDeps): LiveHub {
  const { db, bus, log } = deps;
  const listeners = new Set<Response>();
  const kept: Told[] = [];
  /** Ids go on from the clock, so that those of an earlier process are smaller. */
  let lastId = deps.now();
  let marks = new Map<number | string, string>();
  let timer: NodeJS.Timeout | null = null;
  const unsubscribe = bus.subscribe('bot', (data) => void tellBot(data));

  const tell = (live: Live): void => {
    lastId = Math.max(lastId + 1, deps.now());
    const told = { id: lastId, text: `id: ${lastId}\ndata: ${JSON.stringify(live)}\n\n` };
    kept.push(told);
    if (kept.length > KEPT) kept.shift();
    for (const listener of listeners) send(listener, told.text);
  };

  async function tellBot(data: unknown): Promise<void> {
    if (listeners.size === 0 || typeof data !== 'object' || data === null || !('id' in data)) return;
    const bot = await getBotById(db, Number(data.id)).catch(() => null);
    if (bot) tell({ kind: 'bot', id: bot.publicId });
  }

  /** What differs from the look before. The first look only remembers. */
  async function look(first: boolean): Promise<void> {
    const [mailings, imports] = [await mailingMarks(db), await importMarks(db)];
    const seen = new Map<number | string, string>([
      ...mailings.map(({ id, mark }) => [id, mark] as const),
      ...imports.map((one) => [one.id, JSON.stringify(one)] as const),
    ]);
    const before = marks;
    marks = seen;
    if (first) return;
    const moved = (id: number | string): boolean => before.get(id) !== seen.get(id);
    const campaigns = await Promise.all(
      mailings.filter(({ id }) => moved(id)).map(({ id }) => getCampaignById(db, id)),
    );
    for (const mailing of await toRows(deps, campaigns)) tell({ kind: 'mailing', mailing });
    for (const one of imports) if (moved(one.id)) tell({ kind: 'import', import: one });
  }

  async function lookAndGoOn(first: boolean): Promise<void> {
    try {
      await look(first);
    } catch (error) {
      log.warn({ event: 'live.look_failed', err: error });
    }
    timer = listeners.size > 0 ? setTimeout(() => void lookAndGoOn(false), LOOK_MS) : null;
  }

  function listen(response: Response, lastEventId: string | undefined): void {
    response
      .status(200)
      .set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.flushHeaders();
    // A first event with an id: from it on nothing is missed.
    send(response, `retry: 2000\nid: ${lastId}\n: ready\n\n`);
    const since = Number(lastEventId);
    if (lastEventId !== undefined && Number.isFinite(since)) {
      for (const told of kept) if (told.id > since) send(response, told.text);
    }
    listeners.add(response);
    if (timer === null) {
      timer = setTimeout(() => undefined, 0);
      void lookAndGoOn(true);
    }
    const heartbeat = setInterval(() => void beat(response), HEARTBEAT_MS);
    response.once('close', () => {
      clearInterval(heartbeat);
      listeners.delete(response);
    });
  }

  /** Also the moment to notice that the session has ended meanwhile. */
  async function beat(response: Response): Promise<void> {
    const signedIn = await stillSignedIn(deps, response.req).catch(() => true);
    if (signedIn) send(response, ': beat\n\n');
    else response.end();
  }

  const routes = [
    guarded({
      method: 'get',
      path: '/live',
      tag: 'Live',
      summary: 'What changed, as server-sent events: at most one a second for each mailing.',
      needs: 'read',
      type: 'text/event-stream',
      handle({ request, response }) {
        listen(response, request.headers['last-event-id']?.toString());
      },
    }),
  ];
  return {
    routes,
    close() {
      unsubscribe();
      if (timer) clearTimeout(timer);
      for (const listener of listeners) listener.end();
      listeners.clear();
    },
  };
}

function send(response: Response, text: string): void {
  if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  else response.write(text);
}
