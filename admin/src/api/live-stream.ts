// The one event stream of this tab. Reference-counted: it opens with the first listener and closes with the last. When it
// breaks or falls silent it comes back with a growing, jittered delay, and meanwhile `poll` is called instead.
// It knows neither React nor fetch: what it needs from the world is handed in.

export const STALE_MS = 40_000;
export const POLL_MS = 10_000;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

export type LiveState = 'closed' | 'connecting' | 'open' | 'paused';

export interface StreamEvent {
  id: string | null;
  event: string;
  data: string;
}

export interface StreamDeps {
  /** Opens the stream and yields its text as it comes; heartbeats too. Throws, or ends, when the connection is gone. */
  open(lastEventId: string | null, signal: AbortSignal): AsyncIterable<string>;
  onEvent(event: StreamEvent): void;
  /** The stream was away: everything may have changed. */
  onGap(): void;
  poll(): void;
  random(): number;
  setTimer(run: () => void, ms: number): () => void;
}

export interface LiveStream {
  /** Takes part in the stream until the answer is called. */
  join(): () => void;
  state(): LiveState;
  /** Called at every change of state. */
  watch(listener: () => void): () => void;
}

/** Delay before try number `attempt` (from 0): doubles up to 30 s, with up to half of it taken off at random. */
export const reconnectDelay = (attempt: number, random: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (1 - random / 2);

/** Cuts what has come so far into whole events; `rest` is the beginning of the next one. */
export function readEvents(text: string): { events: StreamEvent[]; rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  return { events: blocks.flatMap(readEvent), rest };
}

function readEvent(block: string): StreamEvent[] {
  const event: StreamEvent = { id: null, event: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (field === 'data') data.push(value ?? '');
    else if (field === 'event') event.event = value ?? 'message';
    else if (field === 'id') event.id = value ?? null;
  }
  return data.length > 0 || event.id !== null ? [{ ...event, data: data.join('\n') }] : [];
}

export function createLiveStream(deps: StreamDeps): LiveStream {
  let members = 0;
  let state: LiveState = 'closed';
  let attempt = 0;
  let lastEventId: string | null = null;
  let connection: AbortController | null = null;
  let stopTimers: (() => void)[] = [];
  const watchers = new Set<() => void>();

  function become(next: LiveState): void {
    if (state === next) return;
    state = next;
    for (const watcher of watchers) watcher();
  }

  function clearTimers(): void {
    for (const stop of stopTimers) stop();
    stopTimers = [];
  }

  async function connect(): Promise<void> {
    const current = new AbortController();
    connection = current;
    const returning = attempt > 0;
    let buffer = '';
    let stopStale = deps.setTimer(() => current.abort(), STALE_MS);
    try {
      for await (const chunk of deps.open(lastEventId, current.signal)) {
        if (connection !== current) return;
        stopStale();
        stopStale = deps.setTimer(() => current.abort(), STALE_MS);
        if (state !== 'open') {
          clearTimers();
          become('open');
          if (returning) deps.onGap();
        }
        attempt = 0;
        const { events, rest } = readEvents(buffer + chunk);
        buffer = rest;
        for (const event of events) {
          lastEventId = event.id ?? lastEventId;
          if (event.data !== '') deps.onEvent(event);
        }
      }
    } catch {
      // Refused, broken or fallen silent: all end in another try.
    }
    stopStale();
    if (connection === current) retry();
  }

  function retry(): void {
    connection = null;
    clearTimers();
    become('paused');
    stopTimers.push(deps.setTimer(() => void connect(), reconnectDelay(attempt, deps.random())));
    attempt += 1;
    pollAgain();
  }

  function pollAgain(): void {
    stopTimers.push(
      deps.setTimer(() => {
        if (state !== 'paused') return;
        deps.poll();
        pollAgain();
      }, POLL_MS),
    );
  }

  function close(): void {
    clearTimers();
    const open = connection;
    connection = null;
    open?.abort();
    attempt = 0;
    become('closed');
  }

  return {
    join() {
      members += 1;
      if (members === 1) {
        become('connecting');
        void connect();
      }
      let left = false;
      return () => {
        if (left) return;
        left = true;
        members -= 1;
        if (members === 0) close();
      };
    },
    state: () => state,
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
}
