import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Button } from '../../src/domain/message.ts';
import { axeViolations, withBrowser } from '../support/browser.ts';
import { until } from '../support/services.ts';
import { builtWidget, startWidgetServer, textMessage, type WidgetServer } from '../support/widget.ts';

const LIMIT_BYTES = 15 * 1024;

describe('the widget script', () => {
  it('is at most 15 KB, gzipped', async function () {
    this.timeout(60_000);
    const script = readFileSync(join(await builtWidget(), 'widget.js'));
    expect(gzipSync(script, { level: 9 }).length).to.be.at.most(LIMIT_BYTES);
  });
});

const YES: Button = { kind: 'message', id: 'yes', label: 'Yes, tell me' };
const SHOP: Button = { kind: 'link', id: 'shop', label: 'To the shop', url: 'https://shop.example' };
const BUY: Button = { kind: 'buy', id: 'buy', label: 'Buy', product: { name: 'Bag', amount: 1290, currency: 'EUR' } };

const visitorOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('herald:')) ?? '';
    return (JSON.parse(localStorage.getItem(key) ?? '{}') as { visitor?: string }).visitor ?? '';
  });

withBrowser('the website chat', (open) => {
  let server: WidgetServer;
  /** A site of somebody else, with a policy as strict as they come and styles that would spoil any guest. */
  let site: Server;
  let siteUrl = '';

  before(async () => {
    site = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader(
        'Content-Security-Policy',
        `default-src 'none'; script-src ${server.url}; connect-src ${server.url} ${server.url.replace('http', 'ws')}; img-src ${server.url} data:`,
      );
      response.end(
        `<!doctype html><html lang="es"><title>Site</title><link rel="icon" href="data:,"><main><h1>Site</h1></main>` +
          `<script async src="${server.url}/widget.js" data-bot="${server.bot.publicId}" data-position="left" data-offset="32"></script></html>`,
      );
    });
    await new Promise<void>((resolve) => void site.listen(0, '127.0.0.1', resolve));
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    server = await startWidgetServer({ origins: [siteUrl] });
  });
  after(async () => {
    site.closeAllConnections();
    site.close();
    await server.stop();
  });

  const events = (kind: string, visitor: string): Promise<{ data: unknown }[]> =>
    server
      .db('events as e')
      .join('connections as c', 'c.id', 'e.connection_id')
      .where({ 'e.kind': kind, 'c.external_id': visitor })
      .select('e.data');
  const happened = (kind: string, visitor: string, times = 1): Promise<void> =>
    until(`${times} × ${kind}`, async () => (await events(kind, visitor)).length === times);

  async function visitShop(options: Parameters<typeof open>[0] = {}) {
    const visit = await open({ locale: 'en-GB', ...options });
    await visit.page.goto(`${server.url}/demo`);
    await visit.page.getByRole('button', { name: 'Open chat' }).waitFor();
    return visit;
  }

  async function subscribe(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Open chat' }).click();
    await page.getByRole('button', { name: 'Yes, please' }).click();
    await until('the visitor is known', async () => (await visitorOf(page)) !== '');
    const visitor = await visitorOf(page);
    await happened('subscribed', visitor);
    return visitor;
  }

  it('carries a conversation both ways in real time, with receipts', async () => {
    const { page, complaints, hosts } = await visitShop();
    expect(await visitorOf(page), 'known before the chat was opened').to.equal('');
    const visitor = await subscribe(page);
    await page.getByRole('textbox', { name: 'Write a message…' }).fill('Do you have <b>decaf</b>?');
    await page.keyboard.press('Enter');
    await happened('replied', visitor);
    await server.send([visitor], textMessage('Yes! <script>alert(1)</script>', YES, SHOP, BUY), 'answer');
    const log = page.getByRole('log', { name: 'Conversation' });
    await log.getByText('<script>alert(1)</script>').waitFor();
    await happened('delivered', visitor);
    await happened('opened', visitor);
    const shop = log.getByRole('link', { name: 'To the shop' });
    expect(await shop.getAttribute('href')).to.equal(`${server.url}/healthz?button=shop`);
    expect(await shop.getAttribute('rel')).to.contain('noopener');
    expect(await log.getByRole('link', { name: 'Buy' }).getAttribute('href')).to.contain('button=buy');
    await log.getByRole('button', { name: 'Yes, tell me' }).click();
    await happened('button_clicked', visitor);
    await page.reload();
    await page.getByRole('button', { name: 'Open chat' }).click();
    await log.getByRole('button', { name: 'Yes, tell me (chosen)' }).waitFor();
    expect(await log.getByText('decaf').count()).to.equal(1);
    expect(complaints).to.deep.equal([]);
    expect([...hosts]).to.deep.equal([new URL(server.url).host]);
  });

  it('counts what came while it was closed, and never opens by itself', async () => {
    const { page } = await visitShop();
    const visitor = await subscribe(page);
    await page.keyboard.press('Escape');
    await server.send([visitor], textMessage('One'), 'closed-1');
    await server.send([visitor], textMessage('Two'), 'closed-2');
    const launcher = page.getByRole('button', { name: 'Open chat, unread messages: 2' });
    await launcher.waitFor();
    expect(await page.getByRole('dialog').isVisible()).to.equal(false);
    await happened('delivered', visitor, 2);
    expect(await events('opened', visitor)).to.have.length(0);
    await launcher.click();
    await happened('opened', visitor, 2);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
  });

  it('works with the keyboard alone, and gives the focus back', async () => {
    const { page } = await visitShop();
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const inside = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
        return inside?.getAttribute('aria-label') ?? inside?.textContent ?? '';
      });
    await page.getByRole('button', { name: 'Open chat' }).focus();
    await page.keyboard.press('Enter');
    expect(await focused()).to.equal('Write a message…');
    await page.getByRole('button', { name: 'Yes, please' }).waitFor();
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).to.equal('Not now');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Done. You can stop at any time').waitFor();
    expect(await focused()).to.equal('Write a message…');
    await page.getByRole('button', { name: 'More options' }).focus();
    await page.keyboard.press('Enter');
    expect(await focused()).to.equal('Stop messages');
    await page.keyboard.press('Escape');
    expect(await focused()).to.equal('More options');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await happened('unsubscribed', await visitorOf(page));
    await page.keyboard.press('Escape');
    expect(await focused()).to.equal('Open chat');
  });

  it('keeps two visitors apart', async () => {
    const [anna, bert] = [await visitShop(), await visitShop()];
    const [first] = [await subscribe(anna.page), await subscribe(bert.page)];
    await server.send([first], textMessage('For Anna alone'), 'apart');
    await anna.page.getByText('For Anna alone').waitFor();
    expect(await bert.page.getByText('For Anna alone').count()).to.equal(0);
  });

  for (const [title, options] of [
    ['in the light', { viewport: { width: 1280, height: 800 } }],
    ['in the dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const) {
    it(`has nothing that axe objects to, and fits, ${title}`, async () => {
      const { page } = await visitShop(options);
      expect(await axeViolations(page)).to.deep.equal([]);
      const visitor = await subscribe(page);
      await server.send([visitor], textMessage(`Hello${' word'.repeat(60)}`, YES, BUY), `axe ${title}`);
      await page.getByRole('button', { name: 'Yes, tell me' }).waitFor();
      await page.getByRole('button', { name: 'More options' }).click();
      expect(await axeViolations(page)).to.deep.equal([]);
      const box = await page.getByRole('dialog').boundingBox();
      const { width } = options.viewport;
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 9999) <= width).to.equal(true);
      if (width < 480) expect(box).to.deep.equal({ x: 0, y: 0, ...options.viewport });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(width);
    });
  }

  it("lives on another site under its strictest policy, in that site's language, where it was put", async () => {
    const { page, complaints } = await open();
    await page.goto(siteUrl);
    const launcher = page.getByRole('button', { name: 'Abrir el chat' });
    expect((await launcher.boundingBox())?.x).to.equal(32);
    expect(await launcher.evaluate((element) => getComputedStyle(element).backgroundColor)).to.equal(
      'rgb(138, 75, 42)',
    );
    const call = (code: string): Promise<unknown> => page.evaluate(`(async () => { await Herald.${code}; })()`);
    await call('open()');
    await page.getByRole('button', { name: 'Sí, por favor' }).waitFor();
    await call('setLocale("ar")');
    expect(await page.locator('.box').getAttribute('dir')).to.equal('rtl');
    await call('close()');
    expect(await page.getByRole('dialog').isVisible()).to.equal(false);
    expect(complaints).to.deep.equal([]);
  });

  it('goes on without sockets, and sends what was written while the line was down', async () => {
    const { page, context } = await open({ locale: 'en-GB' });
    await page.addInitScript(
      'window.WebSocket = class extends EventTarget { constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("close")), 5); } close() {} }',
    );
    await page.goto(`${server.url}/demo`);
    const visitor = await subscribe(page);
    await server.send([visitor], textMessage('By HTTP'), 'polled');
    await page.getByText('By HTTP').waitFor();
    await context.setOffline(true);
    await page.getByText('No connection.').waitFor();
    await page.getByRole('textbox').fill('Later');
    await page.keyboard.press('Enter');
    await page.getByText('Sending…').waitFor();
    await context.setOffline(false);
    await happened('replied', visitor);
    await page.getByText('No connection.').waitFor({ state: 'hidden' });
  });
});
