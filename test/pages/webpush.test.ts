// Web push in a real browser: the page subscribes it, a notification sealed for it is opened by the service worker, and what
// becomes of it is reported. Only the push service between the two is ours.
import { createECDH } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { BrowserContext, Page, Worker } from 'playwright-core';
import { createHttpClient } from '../../channels/lib/http.ts';
import { createWebPush } from '../../channels/webpush/index.ts';
import { addressOf } from '../../channels/webpush/subscription.ts';
import type { Channel, ChannelBot } from '../../src/domain/channel.ts';
import { translate } from '../../src/i18n.ts';
import { getBot, toChannelBot } from '../../src/store/bots.ts';
import { findConnection } from '../../src/store/connections.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { axeViolations, LEVEL_AA, withBrowser } from '../support/browser.ts';
import { type ScriptServer, startScriptServer } from '../support/script-server.ts';
import { until } from '../support/services.ts';

const AUTH = Buffer.alloc(16, 3);
const { decrypt } = createRequire(createRequire(import.meta.url).resolve('web-push'))('http_ece') as {
  decrypt(body: Buffer, options: object): Buffer;
};

/** A browser's subscription, whose private half the test has: no push service gives a browser of ours one. */
function madeUp(path: string) {
  const keys = createECDH('prime256v1');
  const p256dh = keys.generateKeys('base64url');
  const subscription = {
    endpoint: `https://push.example.com/${path}`,
    keys: { p256dh, auth: AUTH.toString('base64url') },
  };
  const open = (body: Buffer): string =>
    decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: AUTH.toString('base64url') }).toString('utf8');
  return { subscription, address: addressOf(subscription), open };
}

withBrowser('web push', (open) => {
  let app: TestApp;
  let service: ScriptServer;
  let channel: Channel;
  let bot: ChannelBot;
  let link: string;

  before(async () => {
    service = await startScriptServer();
    service.answer = (_asked, response) => void response.writeHead(201).end();
    const http = createHttpClient({ allowPrivate: () => true });
    channel = createWebPush({ http, translate, now: Date.now });
    app = await startApp({ channels: [channel] });
    const ask = await app.token('read', 'write', 'send');
    await ask('PATCH', '/api/v1/settings', { publicUrl: app.url });
    const made = await ask('POST', '/api/v1/bots', {
      channel: 'webpush',
      name: 'Kestrel & Co',
      credentials: { contact: 'shop@example.com' },
      apiRoot: service.origin,
    });
    const { id, link: shown } = made.body as { id: string; link: string };
    link = shown;
    bot = toChannelBot((await getBot(app.deps.db, id))!, app.deps.keyring, {});
  });
  after(async () => {
    await app.stop();
    await service.close();
  });

  /** A person's browser: it may notify, and its push manager hands out what the test made up. */
  const visit = async (
    browser: ReturnType<typeof madeUp>,
    language = 'en-GB',
  ): Promise<{ page: Page; worker: Worker; context: BrowserContext }> => {
    const { page, context } = await open({ locale: language, permissions: ['notifications'] });
    await page.addInitScript(`
      const made = { toJSON: () => (${JSON.stringify(browser.subscription)}), unsubscribe: async () => true };
      PushManager.prototype.subscribe = async () => made;
      Notification.requestPermission = async () => 'granted';
    `);
    const found = context.waitForEvent('serviceworker');
    await page.goto(`${link}?ref=spring`);
    return { page, worker: await found, context };
  };

  const statusOf = async (address: string): Promise<string | undefined> =>
    (await findConnection(app.deps.db, bot.id, address))?.status;
  const events = async (): Promise<string[]> =>
    (await app.deps.db('events').where({ bot_id: bot.id }).orderBy('id')).map(
      ({ kind, external_id: id }: { kind: string; external_id: string }) => `${kind} ${id}`,
    );

  it('subscribes a browser after one touch, with its campaign, language and zone, and lets it leave', async () => {
    const browser = madeUp('first');
    const { page } = await visit(browser, 'uk-UA');
    expect(await page.locator('html').getAttribute('lang')).to.equal('uk');
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    await page.getByRole('button', { name: 'Отримувати сповіщення' }).click();
    await page.getByText('Ви отримуєте сповіщення на цьому пристрої.').waitFor();
    const connection = await findConnection(app.deps.db, bot.id, browser.address);
    expect(connection).to.include({ status: 'active', ref: 'spring' });
    await page.reload();
    await page.getByRole('button', { name: 'Зупинити сповіщення' }).click();
    await page.getByRole('button', { name: 'Отримувати сповіщення' }).waitFor();
    expect(await statusOf(browser.address)).to.equal('unsubscribed');
  });

  it('shows what was sealed for it and reports what becomes of it', async () => {
    const browser = madeUp('second');
    const { page, worker, context } = await visit(browser);
    await page.getByRole('button', { name: 'Get notifications' }).click();
    await page.getByText('You get notifications on this device.').waitFor();

    const payload = {
      text: 'Coffee is half price',
      open: `${app.url}/demo`,
      buttons: [
        { label: 'Look', url: `${app.url}/demo` },
        { label: 'Remind me', token: 'q83vEjRWeJAqBw' },
      ],
    };
    const [outcome] = await channel.deliver([{ payload, address: browser.address, key: '41-0' }], bot);
    expect(outcome).to.deep.equal({ status: 'accepted', messageId: '41-0' });
    await push(context, page, browser.open(service.asked.at(-1)!.bytes));

    await until('the worker to report it', async () => (await events()).includes('delivered delivered:41-0'));
    expect(await shown(page)).to.deep.equal([
      { title: 'Kestrel & Co', body: 'Coffee is half price', actions: ['Look', 'Remind me'] },
    ]);
    // Nobody can touch a notification of a browser without a screen: the worker hears what it would.
    await worker.evaluate(async () => {
      const scope = self as unknown as { registration: ServiceWorkerRegistration; dispatchEvent(event: Event): void };
      const [notification] = await scope.registration.getNotifications();
      const Click = Reflect.get(self, 'NotificationEvent') as new (type: string, about: object) => Event;
      scope.dispatchEvent(new Click('notificationclick', { notification, action: '1' }));
    });
    await until('the press to be there', async () =>
      (await events()).includes('button_clicked pressed:41-0:q83vEjRWeJAqBw'),
    );
    expect(await events()).to.include('opened opened:41-0');
    expect(await shown(page)).to.deep.equal([]);
  });

  it('goes on under the new address when the browser renews its subscription', async () => {
    const [old, renewed] = [madeUp('old'), madeUp('renewed')];
    const { page, worker } = await visit(old);
    await page.getByRole('button', { name: 'Get notifications' }).click();
    await page.getByText('You get notifications on this device.').waitFor();
    const person = (await findConnection(app.deps.db, bot.id, old.address))?.subscriberId;
    await worker.evaluate(`
      const event = new Event('pushsubscriptionchange');
      const newSubscription = { toJSON: () => (${JSON.stringify(renewed.subscription)}) };
      self.dispatchEvent(Object.assign(event, { newSubscription, waitUntil() {} }));
    `);
    await until('the move', async () => (await statusOf(renewed.address)) === 'active');
    expect(await statusOf(old.address)).to.equal(undefined);
    expect((await findConnection(app.deps.db, bot.id, renewed.address))?.subscriberId).to.equal(person);
  });

  /** Hands the worker what a push service would have. */
  const push = async (context: BrowserContext, page: Page, data: string): Promise<void> => {
    const debug = await context.newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      debug.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const first = registrations.find(({ isDeleted }) => !isDeleted);
        if (first) resolve(first.registrationId);
      });
    });
    await debug.send('ServiceWorker.enable');
    await debug.send('ServiceWorker.deliverPushMessage', { origin: app.url, registrationId: await registered, data });
  };

  const shown = (page: Page): Promise<unknown> =>
    page.evaluate(async () =>
      (await (await navigator.serviceWorker.ready).getNotifications()).map((notification) => ({
        title: notification.title,
        body: notification.body,
        actions: (Reflect.get(notification, 'actions') as { title: string }[]).map(({ title }) => title),
      })),
    );
});
