// The live line to a visitor: new messages go out the moment they are in the mailbox, reports come in. A socket that
// is slow, silent, talkative or nameless is closed; the widget then comes back and resumes where it was.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { Problem } from '../domain/problem.ts';
import { frameSchema, type ServerFrame } from './api/widget.ts';
import {
  findWidgetBot,
  mayCarry,
  openSession,
  remoteAddress,
  type WidgetBot,
  type WidgetDeps,
} from './widget-access.ts';
import { PAGE, readNews, takeFacts } from './widget-facts.ts';
import type { VisitorSession } from './widget-identity.ts';

const HELLO_MS = 10_000;
/** Ping, and look into the mailbox in case a wake-up was lost. */
const HEARTBEAT_MS = 30_000;
const FRAME_BYTES = 64 * 1024;
/** More than this unsent: the visitor's line is slow, and the rest waits in the mailbox. */
const BACKLOG_BYTES = 256 * 1024;
const BACKLOG_RETRY_MS = 500;
const FRAMES_PER_WINDOW = 60;
const WINDOW_MS = 10_000;
const SOCKETS_PER_VISITOR = 8;
const SOCKETS_PER_ADDRESS = 100;
/** Remembered numbers of what went out, to leave out the ones that `readNews` repeats on purpose. */
const REMEMBERED = 200;

const CLOSE = { goingAway: 1001, policy: 1008, tryLater: 1013 } as const;
const PATH = /^\/widget\/([A-Za-z0-9]{1,64})\/socket$/;

interface Line {
  socket: WebSocket;
  widget: WidgetBot;
  address: string;
  session: VisitorSession | null;
  after: number;
  sent: Set<number>;
  reading: boolean;
  /** News came while reading: read once more. */
  again: boolean;
  alive: boolean;
  frames: number;
}

export interface WidgetSockets {
  /** Tells every widget to come back later, then resolves. */
  close(): Promise<void>;
}

export function attachWidgetSockets(server: Server, deps: WidgetDeps): WidgetSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES, perMessageDeflate: false });
  const lines = new Set<Line>();
  const byMailbox = new Map<string, Set<Line>>();
  const perAddress = new Map<string, number>();

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const bot = PATH.exec(path)?.[1];
    if (bot === undefined) return refuse(socket, '404 Not Found');
    const address = remoteAddress(request, deps.config.trustProxy);
    if ((perAddress.get(address) ?? 0) >= SOCKETS_PER_ADDRESS) {
      return refuse(socket, '429 Too Many Requests');
    }
    findWidgetBot(deps, bot).then(
      (widget) => {
        if (!mayCarry(deps, widget.bot, request.headers.origin, request.headers.host)) {
          return refuse(socket, '403 Forbidden');
        }
        sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, widget, address));
      },
      (error: unknown) => {
        if (!(error instanceof Problem)) deps.log.error({ event: 'widget.upgrade_failed', err: error });
        refuse(socket, error instanceof Problem ? '404 Not Found' : '503 Service Unavailable');
      },
    );
  };
  server.on('upgrade', upgrade);

  function serve(socket: WebSocket, widget: WidgetBot, address: string): void {
    const line: Line = {
      socket,
      widget,
      address,
      session: null,
      after: 0,
      sent: new Set(),
      reading: false,
      again: false,
      alive: true,
      frames: 0,
    };
    lines.add(line);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    const patience = setTimeout(() => socket.close(CLOSE.policy, 'hello expected'), HELLO_MS);
    // One frame after another: an answer must not overtake the one before it.
    let turn = Promise.resolve();
    socket.on('pong', () => {
      line.alive = true;
    });
    socket.on('error', (error) => deps.log.debug({ event: 'widget.socket_error', err: error }));
    socket.on('message', (data) => {
      line.alive = true;
      line.frames += 1;
      if (line.frames > FRAMES_PER_WINDOW) return socket.close(CLOSE.policy, 'too many frames');
      turn = turn
        .then(() => hear(line, data))
        .catch((error: unknown) => {
          deps.log.error({ event: 'widget.frame_failed', err: error });
          socket.close(CLOSE.tryLater, 'try again');
        });
      if (line.session) clearTimeout(patience);
      else void turn.then(() => line.session && clearTimeout(patience));
    });
    socket.on('close', () => {
      clearTimeout(patience);
      lines.delete(line);
      const others = (perAddress.get(address) ?? 1) - 1;
      if (others > 0) perAddress.set(address, others);
      else perAddress.delete(address);
      if (line.session) leave(byMailbox, mailboxOf(line.widget.bot.id, line.session.visitor), line);
    });
  }

  async function hear(line: Line, data: RawData): Promise<void> {
    const frame = frameSchema.safeParse(parseJson(data));
    if (!frame.success) return say(line, { type: 'refused', code: 'invalid', ids: idsIn(parseJson(data)) });
    if (frame.data.type === 'ping') return say(line, { type: 'pong' });
    if (frame.data.type === 'hello') return greet(line, frame.data);
    if (!line.session) return line.socket.close(CLOSE.policy, 'hello expected');
    try {
      const answer = await takeFacts(deps, line.widget, line.session, frame.data.facts);
      say(line, { type: 'done', ...answer });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(line, { type: 'refused', code: error.code, ids: frame.data.facts.map(({ id }) => id) });
    }
  }

  function greet(line: Line, { token, after }: { token: string; after: number }): void {
    if (line.session) return;
    try {
      line.session = openSession(deps, line.widget.bot, token);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(line, { type: 'refused', code: 'token', ids: [] });
      return line.socket.close(CLOSE.policy, 'token');
    }
    line.after = after;
    const mailbox = mailboxOf(line.widget.bot.id, line.session.visitor);
    const together = byMailbox.get(mailbox) ?? new Set();
    if (together.size >= SOCKETS_PER_VISITOR) return line.socket.close(CLOSE.tryLater, 'too many windows');
    byMailbox.set(mailbox, together.add(line));
    void bring(line, true);
  }

  /** Sends what the mailbox holds beyond the last message sent; `always` even when that is nothing. */
  async function bring(line: Line, always = false): Promise<void> {
    if (!line.session) return;
    if (line.reading) {
      line.again = true;
      return;
    }
    line.reading = true;
    try {
      let greeting = always;
      do {
        line.again = false;
        if (line.socket.readyState !== line.socket.OPEN) return;
        if (line.socket.bufferedAmount > BACKLOG_BYTES) {
          setTimeout(() => void bring(line), BACKLOG_RETRY_MS);
          return;
        }
        const news = await readNews(deps, line.widget, line.session.visitor, line.after);
        const messages = news.messages.filter(({ seq }) => !line.sent.has(seq));
        if (messages.length > 0 || greeting) say(line, { type: 'messages', standing: news.standing, messages });
        greeting = false;
        for (const { seq } of messages) {
          line.sent.add(seq);
          line.after = Math.max(line.after, seq);
        }
        forget(line.sent, REMEMBERED);
        if (messages.length >= PAGE) line.again = true;
      } while (line.again);
    } catch (error) {
      deps.log.error({ event: 'widget.read_failed', err: error });
      line.socket.close(CLOSE.tryLater, 'try again');
    } finally {
      line.reading = false;
    }
  }

  const unsubscribe = deps.bus.subscribe('mailbox', (data) => {
    const { botId, visitorId } = data as { botId: number; visitorId: string };
    for (const line of byMailbox.get(mailboxOf(botId, visitorId)) ?? []) void bring(line);
  });

  const heartbeat = setInterval(() => {
    for (const line of lines) {
      if (!line.alive) {
        line.socket.terminate();
        continue;
      }
      line.alive = false;
      line.socket.ping();
      void bring(line);
    }
  }, HEARTBEAT_MS);
  const window = setInterval(() => {
    for (const line of lines) line.frames = 0;
  }, WINDOW_MS);

  return {
    async close() {
      clearInterval(heartbeat);
      clearInterval(window);
      unsubscribe();
      server.off('upgrade', upgrade);
      for (const { socket } of lines) socket.close(CLOSE.goingAway);
      await new Promise<void>((resolve) => {
        sockets.close(() => resolve());
      });
    },
  };
}

// --- Helpers ----------------------------------------------------------------------------------

const mailboxOf = (botId: number, visitor: string): string => `${botId} ${visitor}`;

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function leave(byMailbox: Map<string, Set<Line>>, mailbox: string, line: Line): void {
  const together = byMailbox.get(mailbox);
  together?.delete(line);
  if (together?.size === 0) byMailbox.delete(mailbox);
}

function say({ socket }: Line, frame: ServerFrame): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

function parseJson(data: RawData): unknown {
  try {
    return JSON.parse(data.toString()) as unknown;
  } catch {
    return null;
  }
}

/** The ids of facts that were not understood, so that the widget stops repeating them. */
function idsIn(frame: unknown): string[] {
  const facts = typeof frame === 'object' && frame !== null && 'facts' in frame ? frame.facts : [];
  if (!Array.isArray(facts)) return [];
  return facts.flatMap((fact: unknown) =>
    typeof fact === 'object' && fact !== null && 'id' in fact && typeof fact.id === 'string' ? [fact.id] : [],
  );
}

/** Keeps the newest members of a set. */
function forget(numbers: Set<number>, keep: number): void {
  for (const number of numbers) {
    if (numbers.size <= keep) return;
    numbers.delete(number);
  }
}
