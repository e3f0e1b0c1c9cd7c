// A visitor of the demo shop and the owner at the same time, in two browsers: what one does, the other sees at once.
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Bot } from '../../src/http/api/bots.ts';
import type { AudienceCount } from '../../src/http/api/subscribers.ts';
import { withBrowser } from '../support/browser.ts';
import { draftOf, fillSimulator, type OwnedServer, startOwnedServer } from '../support/owner.ts';
import { until } from '../support/services.ts';

/** A browser that says it has no screen is taken for a scanner, whose clicks count for nobody. */
const ORDINARY_BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

const EVERYONE = { all: [{ field: 'connection.status', operator: 'is', value: 'active' }] };

withBrowser('a mailing to the demo shop', (open) => {
  let server: OwnedServer;

  before(async () => {
    server = await startOwnedServer();
    await server.api('PATCH', '/settings', { holdSeconds: 0 });
    await fillSimulator(server.api, { people: 3, behaviour: { open: 0, press: 0, buy: 0, reply: 0, block: 0 } });
  });
  after(async () => {
    await server.stop();
  });

  const shop = async (): Promise<Bot | undefined> =>
    (await server.api<{ items: Bot[] }>('GET', '/bots')).items.find((bot) => bot.widget !== null);

  async function consent(page: Page): Promise<void> {
    await page.goto(`${server.url}/demo`);
    await page.getByRole('button', { name: 'Open chat' }).click();
    await page.getByRole('button', { name: 'Yes, please' }).click();
    await page.getByText('Done. You can stop at any time').waitFor();
    await until('the visitor among the subscribers', async () => (await shop())?.active === 1);
  }

  it('appears in the visitor’s chat at once; receipts, presses and orders appear on the owner’s page', async () => {
    const visitor = await open({ locale: 'en-GB', userAgent: ORDINARY_BROWSER });
    await consent(visitor.page);
    const { id } = await draftOf(server.api, {
      name: 'Fresh from the roaster',
      content: {
        synchronised: true,
        variants: {
          '*': {
            elements: [
              {
                kind: 'text',
                text: [
                  { text: 'Hello {{first_name|there}}, the ' },
                  { text: 'Guji', bold: true },
                  { text: ' is back.' },
                ],
              },
              {
                kind: 'buttons',
                rows: [
                  [{ kind: 'message', id: 'keep', label: 'Keep me a bag', reply: 'Kept for you!', tag: 'guji' }],
                  [{ kind: 'link', id: 'menu', label: 'See the coffees', url: `${server.url}/demo` }],
                  [
                    {
                      kind: 'buy',
                      id: 'buy',
                      label: 'Buy',
                      product: { name: 'Guji, 250 g', amount: 1290, currency: 'EUR' },
                    },
                  ],
                ],
              },
            ],
          },
        },
      },
      audience: EVERYONE,
    });
    expect((await server.api<AudienceCount>('POST', '/audience/count', { filter: EVERYONE })).total).to.equal(4);

    const { page, complaints } = await server.openAsOwner(open);
    await page.goto(`/mailings/${id}/edit?step=sending`);
    await page.getByRole('button', { name: 'Send now…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send to 4 people now?' });
    await dialog.getByText(/through (Telegram and Website chat|Website chat and Telegram)/).waitFor();
    await dialog.getByLabel('Type 4 to confirm').fill('4');
    await dialog.getByRole('button', { name: 'Send to 4 people' }).click();

    const log = visitor.page.getByRole('log', { name: 'Conversation' });
    await log.getByText('Hello there, the Guji is back.').waitFor();
    await log.locator('strong', { hasText: 'Guji' }).waitFor();
    const byMessenger = page.getByRole('table', { name: 'By messenger' });
    const row = (messenger: string): Locator => byMessenger.getByRole('row', { name: messenger });
    /** The dash says to those who cannot see it what it means. */
    const figures = async (messenger: string): Promise<string[]> =>
      (await row(messenger).getByRole('cell').allTextContents()).map((text) => text.replace(/^–Not reported.*/, '–'));
    /** In the order of the columns: planned, sent, failed, delivered, opened, link, button, buy, orders, sales. */
    const become = (messenger: string, wish: readonly string[]): Promise<void> =>
      until(`${messenger}: ${wish.join(' ')}`, async () => (await figures(messenger)).join(' ') === wish.join(' '));
    await become('Website chat', ['1', '1', '0', '1', '1', '0', '0', '0', '0', '0']);
    await become('Telegram', ['3', '3', '0', '–', '–', '0', '0', '0', '0', '0']);
    await page.getByText('Website chat reports deliveries and opens. Telegram doesn’t').waitFor();

    await log.getByRole('button', { name: 'Keep me a bag' }).click();
    await log.getByText('Kept for you!').waitFor();
    await become('Website chat', ['1', '1', '0', '1', '1', '0', '1', '0', '0', '0']);

    const [menu] = await Promise.all([
      visitor.context.waitForEvent('page'),
      log.getByRole('link', { name: 'See the coffees' }).click(),
    ]);
    await menu.waitForURL(`${server.url}/demo`);
    await become('Website chat', ['1', '1', '0', '1', '1', '1', '1', '0', '0', '0']);

    const [checkout] = await Promise.all([
      visitor.context.waitForEvent('page'),
      log.getByRole('link', { name: 'Buy' }).click(),
    ]);
    await checkout.getByText('Guji, 250 g').first().waitFor();
    await checkout.getByLabel('Your name').fill('Ada');
    await checkout.getByRole('button', { name: 'Place the order' }).click();
    await checkout.getByText('We have your order').waitFor();
    await until('the order', async () => (await figures('Website chat'))[8] === '1');

    await page.getByRole('tab', { name: 'Orders' }).click();
    await page.getByText('Guji, 250 g').first().waitFor();
    expect(complaints).to.deep.equal([]);
    expect(visitor.complaints).to.deep.equal([]);
    expect([...visitor.hosts]).to.deep.equal([new URL(server.url).host]);
  });
});
