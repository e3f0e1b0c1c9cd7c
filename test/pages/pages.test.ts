// Every page as people meet it: by eye and by screen reader, in the light and in the dark, wide and narrow, by keyboard,
// in five languages; and what a browser has to fetch before the first of it is there.
import { expect } from 'chai';
import type { Page, Response } from 'playwright-core';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Page as ApiPage } from '../../src/http/api/common.ts';
import type { SubscriberRow } from '../../src/http/api/subscribers.ts';
import { LANGUAGES } from '../../src/i18n.ts';
import { axeViolations, LEVEL_AA, withBrowser } from '../support/browser.ts';
import {
  draftOf,
  fillSimulator,
  OWNER,
  type OwnedServer,
  startOwnedServer,
  statisticsOf,
  tagged,
  tagPeople,
  withoutSignIn,
} from '../support/owner.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/services.ts';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

/** First load, gzipped: what the browser fetched until the page stood there; and what an element's editor adds to it. */
const MOST_BYTES = { mailings: 350 * 1024, wizard: 450 * 1024, editor: 150 * 1024, widget: 15 * 1024 };

/** Nothing is being loaded, and no grey stand-in is left. */
async function settled(page: Page): Promise<void> {
  await page.locator('main, h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root, .mantine-Loader-root'));
}

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

withBrowser('the pages', (open) => {
  let server: OwnedServer;
  /** Addresses by the name of the page. */
  let pages: Record<string, string> = {};
  let sent = '';

  before(async () => {
    server = await startOwnedServer();
    const { api } = server;
    await api('PATCH', '/settings', { holdSeconds: 0 });
    const behaviour = { open: 0.5, press: 0.4, buy: 0.4, pay: 0.8, reply: 0.2, block: 0.05 };
    await fillSimulator(api, { people: 60, behaviour });
    const bots = (await api<{ items: Bot[] }>('GET', '/bots')).items;
    const bot = bots.find((one) => one.simulated)?.id ?? '';
    await api('POST', '/bots', { channel: 'web', name: 'Kestrel online' });
    await tagPeople(api, bot, 'tasting', 0, 21);
    const content = {
      synchronised: true,
      variants: {
        '*': {
          elements: [
            { kind: 'text', text: [{ text: 'Hello {{first_name|friend}}, ' }, { text: 'come by', bold: true }] },
            {
              kind: 'buttons',
              rows: [
                [{ kind: 'link', id: 'menu', label: 'See the menu', url: 'https://kestrel.example' }],
                [{ kind: 'message', id: 'yes', label: 'I’m coming', reply: 'See you!' }],
                [{ kind: 'buy', id: 'buy', label: 'Buy', product: { name: 'Tasting', amount: 2450, currency: 'EUR' } }],
              ],
            },
          ],
        },
      },
    } as const;
    const shared = { content: structuredClone(content) as never, audience: tagged('tasting') };
    const first = await draftOf(api, { name: 'Spring tasting', ...shared });
    await api('POST', `/mailings/${first.id}/send`, { version: first.version });
    const draft = await draftOf(api, { name: 'A draft', ...shared });
    const ruled = await draftOf(api, {
      name: 'With every rule',
      ...shared,
      settings: {
        repeat: { cron: '0 10 * * 1,3', zone: 'Europe/Berlin', times: 12 },
        quietHours: { from: '22:00', to: '08:00' },
        frequencyCap: { messages: 3, days: 7 },
        latest: null,
        canary: { people: 10 },
      },
    });
    const byClock = await draftOf(api, {
      name: 'By each person’s clock',
      ...shared,
      settings: { when: { mode: 'person', local: '2030-06-01T10:00' } },
    });
    sent = first.id;
    await until('orders', async () => (await statisticsOf(api, sent)).figures.orders > 0);
    const person = (await api<ApiPage<SubscriberRow>>('POST', '/subscribers/search', { limit: 1 })).items[0]?.id ?? '';
    pages = {
      'the mailings': '/mailings',
      'no mailings': '/mailings?tab=scheduled',
      'the message': `/mailings/${draft.id}/edit`,
      'the audience': `/mailings/${draft.id}/edit?step=audience`,
      'the sending': `/mailings/${draft.id}/edit?step=sending`,
      'the sending with rules': `/mailings/${ruled.id}/edit?step=sending`,
      'the sending by local time': `/mailings/${byClock.id}/edit?step=sending`,
      'the figures': `/mailings/${sent}`,
      'the sent message': `/mailings/${sent}?tab=message`,
      'the sent audience': `/mailings/${sent}?tab=audience`,
      'the sent settings': `/mailings/${sent}?tab=settings`,
      'the settings of rules': `/mailings/${ruled.id}?tab=settings`,
      'the recipients': `/mailings/${sent}?tab=recipients`,
      'the orders': `/mailings/${sent}?tab=orders`,
      'the bots': '/bots',
      'a bot': `/bots?bot=${bot}`,
      'choosing a messenger': '/bots?connect=new',
      'connecting a bot': '/bots?connect=telegram',
      'connecting one with many fields': '/bots?connect=email',
      'the subscribers': '/subscribers',
      'a subscriber': `/subscribers/${person}`,
      'an import': '/subscribers/import',
      'the settings': '/settings',
      'the settings of sending': '/settings?tab=sending',
      'the health': '/settings?tab=health',
      'no page': '/nowhere',
    };
  });
  after(async () => {
    await server.stop();
  });

  /** What is wrong with a page in the light, on a phone and in the dark. */
  async function faults(page: Page, address: string): Promise<string[]> {
    const found: string[] = [];
    const look = async (name: string): Promise<void> => {
      found.push(...(await axeViolations(page, LEVEL_AA)).map((fault) => `${name}: ${fault}`));
    };
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(address);
    await settled(page);
    await look('light');
    await page.setViewportSize(NARROW);
    await look('narrow');
    const beyond = await sideways(page);
    if (beyond > 0) found.push(`${NARROW.width}: ${beyond} pixels too wide`);
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(address);
    await settled(page);
    await look('dark');
    return found;
  }

  it('leave axe nothing to object to and fit, in the light, in the dark and on phones; ask no other host', async function () {
    this.timeout(300_000);
    const { page, complaints, hosts } = await server.openAsOwner(open, { viewport: WIDE });
    const wrong: Record<string, string[]> = {};
    for (const [name, address] of Object.entries(pages)) {
      const found = await faults(page, address);
      if (found.length > 0) wrong[name] = found;
    }
    expect(wrong).to.deep.equal({});
    expect(complaints).to.deep.equal([]);
    expect([...hosts]).to.deep.equal([new URL(server.url).host]);
  });

  it('are no worse before the sign-in', async () => {
    const fresh = await startServer();
    try {
      const { page, complaints, hosts } = await open({ locale: 'en-GB' });
      for (const address of [`${fresh.url}/setup?token=${fresh.setupToken}`, `${server.url}/sign-in`]) {
        expect(await faults(page, address), address).to.deep.equal([]);
      }
      expect(withoutSignIn(complaints)).to.deep.equal([]);
      expect(hosts.size).to.equal(2);
    } finally {
      await fresh.stop();
    }
  });

  it('sign in whom they know and nobody else, and lead on to where one was going', async () => {
    const { page } = await open({ locale: 'en-GB', baseURL: server.url });
    await page.goto('/settings');
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  it('let a draft be made with the keyboard alone', async () => {
    const { page } = await server.openAsOwner(open);
    await page.goto('/mailings');
    const reach = async (name: string): Promise<void> => {
      const focused = (): Promise<string> =>
        page.evaluate(() => {
          const element = document.activeElement;
          return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
        });
      for (let presses = 0; (await focused()) !== name; presses += 1) {
        if (presses === 80) throw new Error(`Tab never reaches ${name}`);
        await page.keyboard.press('Tab');
      }
    };
    await reach('Create new');
    await page.keyboard.press('Enter');
    await page.getByLabel('Name of the mailing').waitFor();
    await reach('Name of the mailing');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('By keyboard');
    await reach('Text');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Text 1' }).waitFor();
    await page.keyboard.press('Shift+Tab');
    await reach('Text 1');
    await page.keyboard.type('Written without a mouse');
    await page.getByRole('region', { name: 'Preview for Telegram' }).getByText('Written without a mouse').waitFor();
    await reach('Next');
    await page.keyboard.press('Enter');
    await page
      .getByText('60 recipients')
      .or(page.getByText(/^5\d recipients$/))
      .waitFor();
    await page.getByText(/^Saved /).waitFor();
    await page.goto('/mailings?tab=draft');
    await page.getByRole('link', { name: 'By keyboard' }).waitFor();
  });

  for (const language of LANGUAGES) {
    it(`say everything in ${language}`, async () => {
      const { page } = await server.openAsOwner(open);
      await server.api('PATCH', '/session', { language });
      const wrong: Record<string, string[]> = {};
      for (const [name, address] of Object.entries(pages)) {
        await page.goto(address);
        await page.locator(`html[lang="${language}"]`).waitFor();
        await settled(page);
        const text = await visibleText(page);
        const raw = text.match(
          /\b(admin|wizard|people|problems|server|channels|public):[a-z]\w*|\b[a-z]+\.[a-z]+[A-Z]\w*|(?<!Hello ){{/g,
        );
        if (raw) wrong[name] = raw;
      }
      expect(wrong).to.deep.equal({});
    });
  }

  it('count in the plural forms of a Slavic language', async () => {
    await server.api('PATCH', '/session', { language: 'uk' });
    const { page } = await server.openAsOwner(open);
    for (const [people, words] of [
      [21, '21 отримувач'],
      [3, '3 отримувачі'],
      [5, '5 отримувачів'],
    ] as const) {
      const bot = (await server.api<{ items: Bot[] }>('GET', '/bots')).items.find((one) => one.simulated)?.id ?? '';
      const tag = `forms-${people}`;
      await tagPeople(server.api, bot, tag, 0, people);
      const audience = { field: 'tag', operator: 'has', value: tag };
      const { id } = await draftOf(server.api, { name: tag, audience });
      await page.goto(`/mailings/${id}/edit`);
      await page.getByText(words, { exact: true }).waitFor();
    }
    await server.api('PATCH', '/session', { language: 'en' });
  });

  for (const [name, address, most] of [
    ['the mailings', '/mailings', MOST_BYTES.mailings],
    ['the wizard', '/mailings/new', MOST_BYTES.wizard],
  ] as const) {
    it(`load ${name} with at most ${most / 1024} KB`, async () => {
      const { page } = await server.openAsOwner(open);
      const loads = fetched(page);
      await page.goto(address);
      await page
        .getByRole('button', { name: /^(Create new|Next)$/ })
        .or(page.getByText('Create new'))
        .first()
        .waitFor();
      await settled(page);
      await page.evaluate(() => document.fonts.ready);
      const { bytes, files } = await loads();
      expect(files.some((file) => file.includes('.woff2'))).to.equal(true);
      expect(bytes, files.join('\n')).to.be.at.most(most);
    });
  }

  it('load the editor of texts, with at most 150 KB, once there is a text to edit', async () => {
    const { page } = await server.openAsOwner(open);
    await page.goto('/mailings/new');
    await page.getByRole('button', { name: 'Next' }).waitFor();
    await settled(page);
    const loads = fetched(page, /\/assets\//);
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    await page.getByRole('textbox', { name: 'Text 1' }).waitFor();
    const { bytes, files } = await loads();
    expect(files.some((file) => file.includes('text-editor'))).to.equal(true);
    expect(bytes, files.join('\n')).to.be.at.most(MOST_BYTES.editor);
  });

  it('load the chat with at most 15 KB', async () => {
    const { page } = await open();
    const loads = fetched(page, /widget/);
    await page.goto(`${server.url}/demo`);
    await page.getByRole('button', { name: 'Open chat' }).waitFor();
    expect((await loads()).bytes).to.be.at.most(MOST_BYTES.widget);
  });
});

const visibleText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const named = [...document.querySelectorAll('[aria-label], [placeholder], [title]')].flatMap((element) =>
      ['aria-label', 'placeholder', 'title'].map((name) => element.getAttribute(name) ?? ''),
    );
    return [document.title, document.body.innerText, ...named].join('\n');
  });

/** What a page fetches from now on, in the size it had on its way. */
function fetched(page: Page, which = /./): () => Promise<{ bytes: number; files: string[] }> {
  const responses: Response[] = [];
  page.on('response', (response) => {
    if (which.test(response.url()) && !response.url().includes('/live')) responses.push(response);
  });
  return async () => {
    let bytes = 0;
    const files: string[] = [];
    for (const response of responses) {
      await response.finished();
      const { responseBodySize } = await response.request().sizes();
      bytes += responseBodySize;
      files.push(`${responseBodySize} ${response.url()}`);
    }
    return { bytes, files };
  };
}
