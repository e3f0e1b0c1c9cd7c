// Tests of what people see run in the system's Chromium: `withBrowser('…', (open) => { … })` declares them. Each page
// is a person of its own and writes down what it complained of and which hosts it asked.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBinary } from './services.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Errors of the console and of scripts. */
  complaints: string[];
  /** Hosts that were asked for anything. */
  hosts: Set<string>;
}

export type OpenPage = (options?: BrowserContextOptions) => Promise<Visit>;

/** Without Chromium a person's test run leaves these out and says so; under CI that is a failure. */
export function withBrowser(title: string, declare: (open: OpenPage) => void): void {
  describe(`${title} [browser]`, function () {
    this.timeout(120_000);
    let browser: Browser;
    const contexts: BrowserContext[] = [];

    before(async function () {
      const executablePath = findBinary('chromium', 'chromium-browser', 'google-chrome');
      if (!executablePath && !process.env.CI) {
        console.warn(
          'Chromium is not installed: browser tests are left out. Install the package chromium to run them.',
        );
        return this.skip();
      }
      browser = await chromium.launch({ executablePath: executablePath ?? '/usr/bin/chromium', args: ARGUMENTS });
    });
    afterEach(async function () {
      for (const [index, context] of contexts.splice(0).entries()) {
        if (this.currentTest?.state === 'failed') await picture(context, `${this.currentTest.title} ${index}`);
        await context.close();
      }
    });
    after(async () => {
      await browser?.close();
    });

    declare(async (options = {}) => {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      contexts.push(context);
      const page = await context.newPage();
      return { page, context, ...watch(page) };
    });
  });
}

/** With TEST_SHOTS naming a folder, a failed test leaves a picture of each of its pages there. */
async function picture(context: BrowserContext, title: string): Promise<void> {
  const folder = process.env.TEST_SHOTS;
  if (!folder) return;
  const name = title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(-60);
  for (const [index, page] of context.pages().entries()) {
    await page.screenshot({ path: join(folder, `${name}-${index}.png`) }).catch(() => undefined);
  }
}

function watch(page: Page): Pick<Visit, 'complaints' | 'hosts'> {
  const complaints: string[] = [];
  const hosts = new Set<string>();
  const note = (address: string): void => {
    const { protocol, host } = new URL(address);
    if (/^(https?|wss?):$/.test(protocol)) hosts.add(host);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  return { complaints, hosts };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeWindow {
  axe: {
    run(
      context?: unknown,
      options?: unknown,
    ): Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[] }>;
  };
}

/** Levels A and AA; without a limit axe also gives advice of its own. */
export const LEVEL_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds wrong, as `rule: element`; shadow roots are looked into. */
export async function axeViolations(page: Page, tags?: readonly string[]): Promise<string[]> {
  // Through the debugger, so that the page's own security policy has no say.
  await page.evaluate(AXE);
  // Colours on their way to others are nobody's colours.
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((one) => one instanceof CSSTransition && one.finished)),
  );
  return page.evaluate(async (values) => {
    const options = values ? { runOnly: { type: 'tag', values } } : {};
    const { violations } = await (window as unknown as AxeWindow).axe.run(document, options);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${JSON.stringify(target)}`));
  }, tags);
}
