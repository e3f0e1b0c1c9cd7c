// The whole way of an owner, in a browser, on a server as it was just started: each step goes on where the one before
// ended, so behind a broken step the others are left out.
import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Page as ApiPage } from '../../src/http/api/common.ts';
import type { Mailing } from '../../src/http/api/mailings.ts';
import type { Figures, Recipient } from '../../src/http/api/statistics.ts';
import { type Visit, withBrowser } from '../support/browser.ts';
import {
  addressOf,
  apiOf,
  draftOf,
  OWNER,
  type OwnerApi,
  statisticsOf,
  tagged,
  tagPeople,
  withoutSignIn,
} from '../support/owner.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from '../support/services.ts';

const PEOPLE = 240;
const TAGGED = 120;
/** Lively, so that no figure stays at nothing by chance. */
const BEHAVIOUR = { open: 0.5, press: 0.4, buy: 0.4, pay: 0.8, reply: 0.1, block: 0.02 };

const tile = (page: Page, name: string) =>
  page
    .locator('dl > *', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
    .locator('dd')
    .first();
const tileNumber = async (page: Page, name: string): Promise<number> =>
  Number((await tile(page, name).textContent())?.replaceAll(/\D/g, ''));

withBrowser("an owner's first mailing", (open) => {
  let server: RunningServer;
  let session: Awaited<ReturnType<BrowserContext['storageState']>>;
  let api: OwnerApi;
  let mailing = '';
  let broken = false;

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(function () {
    if (broken) this.skip();
  });
  afterEach(function () {
    broken ||= this.currentTest?.state === 'failed';
  });

  async function openPage(path: string): Promise<Visit> {
    const visit = await open({ locale: 'en-GB', storageState: session, baseURL: server.url });
    await visit.page.goto(path);
    return visit;
  }

  /** From the draft's page to the moment before the dialog's last button. */
  async function askToSend(page: Page, people: number): Promise<void> {
    await page.getByRole('button', { name: 'Send now…' }).click();
    await page.getByRole('dialog', { name: `Send to ${people} people now?` }).waitFor();
  }

  const bots = async (): Promise<Bot[]> => (await api<{ items: Bot[] }>('GET', '/bots')).items;

  it('begins with the one-time link and ends signed in', async () => {
    const { page, complaints } = await open({ locale: 'en-GB', timezoneId: 'Europe/Berlin', baseURL: server.url });
    await page.goto('/');
    await page.getByText('Open the one-time link').waitFor();
    await page.goto(`/setup?token=${server.setupToken}`);
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Create the workspace' }).click();
    await page.getByText('Use at least 12 characters').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await page.getByLabel('Workspace name').fill(OWNER.workspace);
    expect(await page.getByRole('combobox', { name: 'Time zone' }).inputValue()).to.contain('Berlin');
    await page.getByRole('button', { name: 'Create the workspace' }).click();
    await page.getByText('No mailings yet.').waitFor();
    expect(withoutSignIn(complaints)).to.deep.equal([]);
    session = await page.context().storageState();
    api = apiOf(server, session.cookies);
  });

  it('connects a simulated messenger whose people arrive', async () => {
    const { page } = await openPage('/mailings');
    await page.route('**/api/v1/simulator', (route) =>
      route.request().method() === 'POST'
        ? route.continue({ postData: JSON.stringify({ people: PEOPLE, behaviour: BEHAVIOUR }) })
        : route.continue(),
    );
    await page.getByRole('button', { name: 'Try it with the simulator' }).click();
    await page.getByRole('button', { name: 'Start the simulator' }).click();
    await page.getByText(/Connect a bot · done/).waitFor();
    await until('the people to arrive', async () => (await bots()).some((one) => one.active === PEOPLE));
    const bot = (await bots()).find((one) => one.simulated);
    expect(bot).to.include({ status: 'connected', subscribers: PEOPLE, active: PEOPLE });
    await page.getByRole('button', { name: 'Send a test' }).waitFor();
  });

  it('connects the chat for a website, which needs no account', async () => {
    const { page } = await openPage('/bots');
    await page.getByRole('link', { name: 'Connect' }).click();
    await page.getByRole('button', { name: 'Website chat' }).click();
    await page.getByLabel('Name').fill('Kestrel online');
    await page.getByRole('dialog').getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('dialog', { name: 'Kestrel online' }).getByText('/widget.js').waitFor();
  });

  it('gives some of them a tag by an import', async () => {
    const { page } = await openPage('/subscribers/import');
    const rows = Array.from({ length: TAGGED }, (_, index) => `${addressOf(index)},tasting`);
    await page
      .getByLabel('Choose a CSV file')
      .first()
      .setInputFiles({
        name: 'guests.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(`chat,tags\n${rows.join('\n')}\n`),
      });
    await page.getByText(`guests.csv, ${TAGGED} rows`).waitFor();
    await choose(page, 'Where “chat” goes', 'Address at a bot');
    const bot = (await bots()).find((one) => one.simulated);
    await choose(page, 'Whose addresses are they?', `${bot?.name} (Telegram)`);
    await page.getByLabel('These people agreed to receive messages').check();
    await page.getByRole('button', { name: 'Check without writing' }).click();
    await page.getByText('Every row can be imported.').waitFor();
    await page.getByRole('button', { name: `Import ${TAGGED} rows` }).click();
    await page.getByRole('heading', { name: 'Imported' }).waitFor();
  });

  it('writes the message, with previews of both messengers', async () => {
    const { page, complaints } = await openPage('/mailings');
    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 320, height: 180 } });
    await page.getByRole('link', { name: 'Create new' }).click();
    await page.getByLabel('Name of the mailing').fill('Spring tasting');
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    const text = page.getByRole('textbox', { name: 'Text 1' });
    await text.pressSequentially('Hello ');
    await page.getByRole('button', { name: 'Insert a personal field' }).click();
    await page.getByLabel('If it is missing, say').fill('friend');
    await page.getByRole('button', { name: 'Insert', exact: true }).click();
    await text.pressSequentially('! Taste our ');
    await page.keyboard.press('Control+b');
    await text.pressSequentially('new roast');
    await page.getByRole('button', { name: 'Image', exact: true }).click();
    await page
      .getByLabel('Choose a picture')
      .first()
      .setInputFiles({ name: 'roast.png', mimeType: 'image/png', buffer: picture });
    await page.getByLabel('Description').fill('A bag of coffee');
    await page.getByRole('button', { name: 'Buttons', exact: true }).click();
    const settings = page.getByRole('group', { name: 'Settings of the button' });
    await settings.getByLabel('Label').fill('See the menu');
    await settings.getByLabel('Address').fill('https://kestrel.example/menu');
    await page.getByRole('button', { name: 'Add a row' }).click();
    await settings.getByText('Message', { exact: true }).click();
    await settings.getByLabel('Label').fill("I'm coming");
    await settings.getByLabel('Answer with').fill('See you there!');
    await page.getByRole('button', { name: 'Add a row' }).click();
    await settings.getByText('Buy', { exact: true }).click();
    await settings.getByLabel('Label').fill('Buy now');
    await settings.getByLabel('Product').fill('Tasting for two');
    await settings.getByLabel('Price').fill('24.50');

    for (const messenger of ['Telegram', 'Website chat']) {
      await page.getByRole('radiogroup', { name: 'Messenger' }).getByText(messenger).click();
      const preview = page.getByRole('region', { name: `Preview for ${messenger}` });
      await preview.getByText('Hello friend! Taste our').waitFor();
      await preview.locator('strong', { hasText: 'new roast' }).waitFor();
      await preview.getByRole('img', { name: 'A bag of coffee' }).waitFor();
      for (const label of ['See the menu', "I'm coming", 'Buy now']) await preview.getByText(label).waitFor();
    }
    await page.getByText(/^Saved /).waitFor();
    mailing = /mailings\/(\w+)\/edit/.exec(page.url())?.[1] ?? '';
    expect(complaints).to.deep.equal([]);
  });

  it('chooses by a tag who gets it, and sees how many that are', async () => {
    const { page } = await openPage(`/mailings/${mailing}/edit`);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    const total = page.getByTestId('audience-total');
    await page.getByText(`of ${PEOPLE} active subscribers`).waitFor();
    expect(await total.textContent()).to.equal(String(PEOPLE));
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('combobox', { name: 'Value' }).fill('tasting');
    await page.getByText(`${TAGGED} recipients`).waitFor();
    expect(await total.textContent()).to.equal(String(TAGGED));
    await page.getByText('In words: Connection status is Active and Tag has tasting').waitFor();
    await page.getByRole('button', { name: 'Why not more?' }).click();
    await page.getByText(`${PEOPLE - TAGGED} active people do not match the filter`).waitFor();
    await page.getByText(`1–20 of ${TAGGED}`).waitFor();
    await page.getByText(/^Saved /).waitFor();
  });

  it('asks before sending, naming people, messenger and duration, and takes it back within the hold', async () => {
    const { page } = await openPage(`/mailings/${mailing}/edit?step=sending`);
    await page.getByLabel('Per second').fill('20');
    await page.getByText('takes about 6 seconds').waitFor();
    await page.getByText('Check before sending').waitFor();
    await page.getByText(/^Starts .+, ends about/).waitFor();
    await askToSend(page, TAGGED);
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText(/“Spring tasting” goes out through Telegram and takes about \d+ seconds at 20 messages per second/)
      .waitFor();
    await dialog.getByRole('button', { name: 'Keep editing' }).click();
    await askToSend(page, TAGGED);
    await page.getByRole('button', { name: `Send to ${TAGGED} people` }).click();
    await page.getByText(/^Starting in /).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByLabel('Name of the mailing').waitFor();
    expect((await api<Mailing>('GET', `/mailings/${mailing}`)).state).to.equal('draft');
  });

  it('sends, shows the figures rising, stops when told, goes on, and finishes', async () => {
    await api('PATCH', '/settings', { holdSeconds: 1 });
    const { page, complaints } = await openPage(`/mailings/${mailing}/edit?step=sending`);
    await askToSend(page, TAGGED);
    await page.getByRole('button', { name: `Send to ${TAGGED} people` }).click();
    await page.getByRole('button', { name: 'Stop sending…' }).click();
    const sentAtFirst = await tileNumber(page, 'Sent');
    await until('the sent figure to rise', async () => (await tileNumber(page, 'Sent')) > sentAtFirst);
    const dialog = page.getByRole('dialog', { name: 'Stop “Spring tasting” now?' });
    await dialog.getByRole('button', { name: 'Stop sending' }).click();
    await page.getByRole('button', { name: 'Continue sending' }).waitFor();
    const stopped = await figures();
    expect(stopped.remaining).to.be.greaterThan(0);
    await page.getByText(`won’t get it unless you continue`).waitFor();

    await page.getByRole('tab', { name: 'Recipients' }).click();
    await choose(page, 'Show', 'Waiting');
    await page.getByRole('table', { name: 'Recipients' }).getByText('Waiting').first().waitFor();
    expect((await figures()).remaining, 'sent on after Stop').to.equal(stopped.remaining);

    await page.getByRole('tab', { name: 'Statistics' }).click();
    await page.getByRole('button', { name: 'Continue sending' }).click();
    await page.getByText('0 remaining', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText(/· finished /).waitFor();
    expect(await tileNumber(page, 'Planned')).to.equal(TAGGED);
    expect(complaints).to.deep.equal([]);
  });

  const figures = async (id = mailing): Promise<Figures> => (await statisticsOf(api, id)).figures;
  const rows = async (state: string): Promise<number> =>
    (await api<ApiPage<Recipient>>('GET', `/mailings/${mailing}/recipients?limit=200&state=${state}`)).items.length;

  it('shows on the page what the API counts and what the rows of people say', async () => {
    const { page } = await openPage(`/mailings/${mailing}`);
    await until('sales', async () => (await figures()).sales > 0);
    const names = {
      planned: 'Planned',
      sent: 'Sent',
      failed: 'Failed',
      skipped: 'Skipped',
      linkPeople: 'Clicked link',
      buttonPeople: 'Clicked message button',
      buyPeople: 'Clicked Buy',
      orders: 'Orders',
      sales: 'Sales',
      replies: 'Replies',
    } as const;
    const shown = async (): Promise<string> => {
      const values = await Promise.all(Object.values(names).map((name) => tileNumber(page, name)));
      return JSON.stringify(values);
    };
    const counted = async (): Promise<string> => {
      const all = await figures();
      return JSON.stringify(Object.keys(names).map((key) => all[key as keyof typeof names]));
    };
    await until('the page to show what is counted', async () => (await shown()) === (await counted()));
    for (const [key, state] of [
      ['failed', 'failed'],
      ['skipped', 'skipped'],
      ['linkPeople', 'clicked_link'],
      ['buttonPeople', 'clicked_button'],
      ['buyPeople', 'clicked_buy'],
    ] as const) {
      await until(`${key} as the rows`, async () => (await figures())[key] === (await rows(state)));
    }
    const all = await figures();
    expect(all.planned).to.equal(all.sent + all.failed + all.skipped + all.cancelled + all.unconfirmed);
    expect(all.orders).to.be.at.least(all.sales).and.at.most(all.buyClicks);
    expect(all.linkPeople, 'people who clicked').to.be.greaterThan(0);
    expect(await tile(page, 'Delivered').textContent()).to.equal('–');
    expect(await tile(page, 'Opened').textContent()).to.equal('–');
    await page.getByText('Telegram doesn’t report deliveries and opens').waitFor();
    await page.getByRole('table', { name: 'By button' }).getByText('See the menu').waitFor();
  });

  it('finds single people among the recipients', async () => {
    const { page } = await openPage(`/mailings/${mailing}?tab=recipients&state=clicked_buy`);
    const table = page.getByRole('table', { name: 'Recipients' });
    await table.getByRole('row').nth(1).waitFor();
    expect((await table.getByRole('row').count()) - 1).to.equal(Math.min(50, await rows('clicked_buy')));
    const name = (await table.getByRole('link').first().textContent()) ?? '';
    await page.getByLabel('Search a person').fill(name);
    // Some people tell only a first name, which others have as well, before a last one or within a longer one.
    await until('only such names', async () =>
      (await table.getByRole('link').allTextContents()).every((one) => one.toLowerCase().includes(name.toLowerCase())),
    );
    await page.getByLabel('Search a person').fill('nobody of this name');
    await page.getByText('Nobody matches these conditions.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await table.getByRole('row').nth(50).waitFor();
    await table.getByRole('link').first().click();
    await page.getByText('Message sent').first().waitFor();
  });

  it('copies a mailing, and brings back one that was deleted', async () => {
    const { page } = await openPage('/mailings');
    await page.getByRole('button', { name: 'Actions for Spring tasting' }).click();
    await page.getByRole('menuitem', { name: 'Make a copy' }).click();
    await page.getByLabel('Name of the mailing').waitFor();
    const name = await page.getByLabel('Name of the mailing').inputValue();
    expect(name).to.contain('Spring tasting').and.not.equal('Spring tasting');
    await page.getByRole('textbox', { name: 'Text 1' }).getByText('Hello {{first_name|friend}}!').waitFor();
    await page.getByRole('link', { name: OWNER.workspace }).click();
    const row = page.getByRole('row', { name: new RegExp(`^.*${name.replaceAll(/[()]/g, String.raw`\$&`)}`) });
    await row.waitFor();
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
  });

  it('sends to the 29 who matched while it was written and to the 5 who came before it went out', async () => {
    const bot = (await bots()).find((one) => one.simulated)?.id ?? '';
    await tagPeople(api, bot, 'regulars', 0, 29);
    const { id } = await draftOf(api, {
      name: 'For regulars',
      content: { synchronised: true, variants: { '*': { elements: [{ kind: 'text', text: 'See you soon' }] } } },
      audience: tagged('regulars'),
    });
    await api('PATCH', '/settings', { holdSeconds: 4 });
    const { page } = await openPage(`/mailings/${id}/edit?step=audience`);
    const active = (await api<{ total: number }>('POST', '/audience/count', { filter: tagged('regulars') })).total;
    await page.getByText(`${active} recipients`).waitFor();
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await askToSend(page, active);
    await page.getByRole('button', { name: `Send to ${active} people` }).click();
    await page.getByText(/^Starting in /).waitFor();
    await tagPeople(api, bot, 'regulars', TAGGED, TAGGED + 5);
    await page.getByText(/· finished /).waitFor();
    expect(await tileNumber(page, 'Planned')).to.equal(active + 5);
    expect((await figures(id)).planned).to.equal(active + 5);
  });
});

/** Picks an option of a select that is found by its label. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).or(page.getByLabel(label)).first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}
