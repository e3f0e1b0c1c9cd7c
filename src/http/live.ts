// One stream of server-sent events per tab. While anybody listens, the database is looked at once a second and what
// moved is told, so it makes no difference which process moved it. A tab that comes back gets what it missed, or all.
import type { Response } from 'express';
import type { Language } from '../i18n.ts';
import { inWords, wordlessRows, workspaceZone } from './mailing-view.ts';
import { getBotById } from '../store/bots.ts';
import { getCampaignById } from '../store/campaigns.ts';
import { importMarks, mailingMarks } from '../store/live.ts';
import { liveSenders } from '../store/senders.ts';
import { readWaits } from '../store/waits.ts';
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

/** In the language of whoever listens. */
type Say = (language: Language) => Live;

interface Told {
  id: number;
  say: Say;
}

export interface LiveHub {
  routes: Route[];
  close(): void;
}

export function createLive(deps: HttpDeps): LiveHub {
  const { db, bus, log, meter } = deps;
  const listeners = new Map<Response, Language>();
  const kept: Told[] = [];
  /** Ids go on from the clock, so that those of an earlier process are smaller. */
  let lastId = deps.now();
  let marks = new Map<number | string, string>();
  let timer: NodeJS.Timeout | null = null;
  const unsubscribe = bus.subscribe('bot', (data) => void tellBot(data));

  const tell = (say: Say): void => {
    lastId = Math.max(lastId + 1, deps.now());
    const told = { id: lastId, say };
    kept.push(told);
    if (kept.length > KEPT) kept.shift();
    for (const [listener, language] of listeners) send(listener, textOf(told, language));
  };

  async function tellBot(data: unknown): Promise<void> {
    if (listeners.size === 0 || typeof data !== 'object' || data === null || !('id' in data)) return;
    const bot = await getBotById(db, Number(data.id)).catch(() => null);
    if (bot) tell(() => ({ kind: 'bot', id: bot.publicId }));
  }

  /** What differs from the look before. The first look only remembers. */
  async function look(first: boolean): Promise<void> {
    const [mailings, imports, waits] = [await mailingMarks(db), await importMarks(db), await readWaits(db)];
    const sending = (await liveSenders(db)).length > 0;
    const seen = new Map<number | string, string>([
      ...mailings.map(({ id, mark }) => [id, `${mark} ${JSON.stringify(waits.get(id) ?? sending)}`] as const),
      ...imports.map((one) => [one.id, JSON.stringify(one)] as const),
    ]);
    const before = marks;
    marks = seen;
    if (first) return;
    const moved = (id: number | string): boolean => before.get(id) !== seen.get(id);
    const campaigns = await Promise.all(
      mailings.filter(({ id }) => moved(id)).map(({ id }) => getCampaignById(db, id)),
    );
    const rows = await wordlessRows(deps, campaigns);
    const zone = await workspaceZone(db, rows);
    for (const row of rows)
      tell((language) => ({ kind: 'mailing', mailing: inWords(row, { language, zone, now: deps.now() }) }));
    for (const one of imports) if (moved(one.id)) tell(() => ({ kind: 'import', import: one }));
  }

  async function lookAndGoOn(first: boolean): Promise<void> {
    try {
      await look(first);
    } catch (error) {
      log.warn({ event: 'live.look_failed', err: error });
    }
    timer = listeners.size > 0 ? setTimeout(() => void lookAndGoOn(false), LOOK_MS) : null;
  }

  function listen(response: Response, language: Language, lastEventId: string | undefined): void {
    response
      .status(200)
      .set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.flushHeaders();
    // A first event with an id: from it on nothing is missed.
    send(response, `retry: 2000\nid: ${lastId}\n: ready\n\n`);
    const since = Number(lastEventId);
    if (lastEventId !== undefined && Number.isFinite(since)) {
      for (const told of kept) if (told.id > since) send(response, textOf(told, language));
    }
    listeners.set(response, language);
    meter.listeners += 1;
    if (timer === null) {
      timer = setTimeout(() => undefined, 0);
      void lookAndGoOn(true);
    }
    const heartbeat = setInterval(() => void beat(response), HEARTBEAT_MS);
    response.once('close', () => {
      clearInterval(heartbeat);
      listeners.delete(response);
      meter.listeners -= 1;
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
      handle({ request, response, language }) {
        listen(response, language, request.headers['last-event-id']?.toString());
      },
    }),
  ];
  return {
    routes,
    close() {
      unsubscribe();
      if (timer) clearTimeout(timer);
      for (const listener of listeners.keys()) listener.end();
      listeners.clear();
    },
  };
}

const textOf = ({ id, say }: Told, language: Language): string =>
  `id: ${id}\ndata: ${JSON.stringify(say(language))}\n\n`;

function send(response: Response, text: string): void {
  if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  else response.write(text);
}
