// The way back to a bot: letters over SMTP to the port it listens on, and web requests. In order of arrival, a few at once;
// what fails is tried again with doubling pauses, as mail servers do.
import nodemailer from 'nodemailer';

export interface Post {
  readonly pending: number;
  info(): unknown;
  close(): void;
  /** `from` is the envelope's: empty for reports. */
  letter(to: string, raw: RawLetter): void;
  job(run: () => Promise<unknown>): void;
}

export interface RawLetter {
  from: string;
  raw: string;
}

const AT_ONCE = 4;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
const TRIES = 12;

export function openPost(port: number): Post {
  const transport = nodemailer.createTransport({
    pool: true,
    host: '127.0.0.1',
    port,
    name: 'mx.example.com',
    ignoreTLS: true,
    maxConnections: AT_ONCE,
  });
  const queue: (() => Promise<unknown>)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let atWork = 0;
  let closed = false;
  let lastFault: string | null = null;

  const again = (run: () => Promise<unknown>, tried: number): void => {
    if (closed || tried >= TRIES) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void work(run, tried + 1);
      },
      Math.min(FIRST_RETRY_MS * 2 ** tried, LONGEST_RETRY_MS),
    );
    timers.add(timer);
  };

  const work = async (run: () => Promise<unknown>, tried: number): Promise<void> => {
    atWork += 1;
    try {
      await run();
    } catch (error) {
      lastFault = error instanceof Error ? error.message : 'unknown';
      again(run, tried);
    }
    atWork -= 1;
    next();
  };

  const take = (): (() => Promise<unknown>) | undefined => (closed || atWork >= AT_ONCE ? undefined : queue.shift());
  const next = (): void => {
    for (let run = take(); run; run = take()) void work(run, 0);
  };

  const job = (run: () => Promise<unknown>): void => {
    queue.push(run);
    next();
  };

  return {
    get pending() {
      return queue.length + atWork + timers.size;
    },
    info: () => ({ port, pending: queue.length + atWork + timers.size, lastFault }),
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      transport.close();
    },
    letter: (to, { from, raw }) => job(() => transport.sendMail({ envelope: { from, to: [to] }, raw })),
    job,
  };
}
