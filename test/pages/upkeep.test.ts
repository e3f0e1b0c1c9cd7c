// What an owner meets once there are bots and mailings: a platform that refuses a bot, people outside of a messaging window
// and the template for them, a repeated mailing that changes, the secret of the website chat, and figures that agree.
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Page as ApiPage } from '../../src/http/api/common.ts';
import type { Mailing, MailingBody } from '../../src/http/api/mailings.ts';
import type { Recipient } from '../../src/http/api/statistics.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { axeViolations, LEVEL_AA, withBrowser } from '../support/browser.ts';
import { draftOf, fillSimulator, type OwnedServer, startOwnedServer, statisticsOf } from '../support/owner.ts';
import { until } from '../support/services.ts';

const DESK = { width: 1280, height: 900 };
const WIDTHS = [320, 390, 768, 1280];
const HOUR_MS = 3_600_000;
/** On each of the two messengers; so many of the first have been silent for longer than its window is open. */
const PEOPLE = 6;
const SILENT = 4;

const CONTENT = {
  synchronised: true,
  variants: { '*': { elements: [{ kind: 'text', text: [{ text: 'Hello' }] }] } },
} as MailingBody['content'];
const EVERYONE = { all: [{ field: 'connection.status', operator: 'is', value: 'active' }] } as MailingBody['audience'];

withBrowser('what an owner meets later', (open) => {
  let server: OwnedServer;
  let db: Database;
  const draft = (name: string, settings: MailingBody['settings'] = {}): Promise<Mailing> =>
    draftOf(server.api, { name, content: CONTENT, audience: EVERYONE, settings });
  const read = (id: string): Promise<Mailing> => server.api<Mailing>('GET', `/mailings/${id}`);
  const send = ({ id, version }: Mailing): Promise<Mailing> =>
    server.api<Mailing>('POST', `/mailings/${id}/send`, { version });
  const visit = async (path: string): Promise<{ page: Page; complaints: string[] }> => {
    const opened = await server.openAsOwner(open, { viewport: DESK });
    await opened.page.goto(path);
    return opened;
  };

  before(async () => {
    server = await startOwnedServer({ ALLOW_PRIVATE_ADDRESSES: 'true' });
    await server.api('PATCH', '/settings', { holdSeconds: 0 });
    const behaviour = { open: 0, press: 0, buy: 0, reply: 0, block: 0, deliver: 1, read: 1 };
    await fillSimulator(server.api, { channels: ['telegram', 'facebook'], people: 2 * PEOPLE, behaviour });
    db = openDatabase(server.environment.DATABASE_URL ?? '');
    const silent = await db('connections as c')
      .join('bots as b', 'b.id', 'c.bot_id')
      .where('b.channel', 'facebook')
      .limit(SILENT)
      .select('c.id');
    await db('connections')
      .whereIn(
        'id',
        silent.map(({ id }: { id: number }) => id),
      )
      .update({ last_inbound_at: Date.now() - 30 * HOUR_MS });
  });
  after(async () => {
    await db?.destroy();
    await server.stop();
  });

  it('is told on every page of a bot that its platform refuses, until its credentials are replaced', async () => {
    const { origin } = JSON.parse(
      server
        .output()
        .split('\n')
        .find((line) => line.includes('"simulator.started"') && line.includes('"telegram"')) ?? '{}',
    ) as { origin: string };
    const made = await fetch(`${origin}/_control/bots`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Second shop' }),
    });
    const { credentials } = (await made.json()) as { credentials: { token: string } };
    const body = { channel: 'telegram', credentials, apiRoot: origin };
    const { id } = await server.api<Bot>('POST', '/bots', body);
    // As the engine leaves a bot whose token was revoked.
    await db('bots').where({ public_id: id }).update({ status: 'attention', last_error: 'Unauthorized' });
    const { page, complaints } = await visit('/mailings');
    const banner = page.getByRole('region', { name: 'Bots that need attention' });
    await banner.getByText('“Second shop” (Telegram) can’t send').waitFor();
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    await page.goto('/subscribers');
    await banner.getByRole('link', { name: 'Replace the credentials' }).click();
    const drawer = page.getByRole('dialog', { name: 'Second shop' });
    await drawer.getByText('Unauthorized').waitFor();
    await drawer.getByRole('textbox', { name: 'Token' }).fill(credentials.token);
    await drawer.getByRole('button', { name: 'Check and replace' }).click();
    await banner.waitFor({ state: 'detached' });
    expect(complaints).to.deep.equal([]);
    await server.api('DELETE', `/bots/${id}`);
  });

  it('lets choose an approved template for people outside of the window, and says who they are', async () => {
    const { id } = await draft('Spring tasting');
    const { page, complaints } = await visit(`/mailings/${id}/edit?step=sending`);
    const left = `${SILENT} people last wrote more than 24 hours ago and are left out.`;
    await page.getByText(`Facebook Messenger: ${left}`).waitFor();
    await page.goto(`/mailings/${id}/edit`);
    const picker = page.getByRole('region', { name: 'Template for Facebook Messenger' });
    await picker.getByText('Without one they are left out.', { exact: false }).waitFor();
    await picker.getByRole('combobox', { name: 'Approved template' }).click();
    expect(await page.getByRole('option').allInnerTexts()).to.deep.equal([
      'order_update · en',
      'order_update · uk',
      'table_ready · en',
      'not_approved_yet · en (waits for approval)',
    ]);
    const waiting = page.getByRole('option', { name: 'not_approved_yet' });
    expect(await waiting.getAttribute('data-combobox-disabled')).to.equal('true');
    await page.getByRole('option', { name: 'order_update · en' }).click();
    await picker.getByText('{{1}}, your order {{2}} is on its way.').waitFor();
    await picker.getByLabel('Text for place-holder 1').fill('Anna');
    await picker.getByLabel('Text for place-holder 2').fill('A-17');
    await page.getByText(/^Saved /).waitFor();
    expect((await read(id)).content.templates).to.deep.equal({
      facebook: { name: 'order_update', language: 'en', parameters: ['Anna', 'A-17'] },
    });
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    await page.goto(`/mailings/${id}/edit?step=sending`);
    await confirmation(page, `${SILENT} of them last wrote more than 24 hours ago and get the approved template.`);
    await page.goto(`/mailings/${id}/edit`);
    // Chosen again, it is chosen no more.
    await picker.getByRole('combobox', { name: 'Approved template' }).click();
    await page.getByRole('option', { name: 'order_update · en' }).click();
    await until('no template', async () => (await read(id)).content.templates?.facebook === undefined);
    await page.goto(`/mailings/${id}/edit?step=sending`);
    await confirmation(page, `${SILENT} people last wrote here more than 24 hours ago and are left out.`);
    expect(complaints).to.deep.equal([]);
  });

  /** Asks to send, reads what the question says, and keeps editing. */
  async function confirmation(page: Page, sentence: string): Promise<void> {
    await page.getByRole('button', { name: 'Send now…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(sentence).waitFor();
    await dialog.getByRole('button', { name: 'Keep editing' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  it('changes a repeated mailing between two starts, and nothing before it is saved', async () => {
    const { id } = await send(await draft('Every day', { repeat: { cron: '0 10 * * *', zone: 'Europe/Berlin' } }));
    // As if it had been started once.
    await db('campaigns').where({ public_id: id }).update({ starts: 1 });
    const { page, complaints } = await visit(`/mailings/${id}`);
    await page.getByRole('link', { name: 'Edit the next start' }).click();
    await page.getByRole('alert').filter({ hasText: 'This mailing repeats' }).waitFor();
    const save = page.getByRole('button', { name: 'Save for the next start' });
    expect(await save.isDisabled()).to.equal(true);
    const text = page.getByRole('textbox', { name: 'Text 1' });
    await text.press('End');
    await text.pressSequentially(', friend');
    await page.getByText('Not saved yet').waitFor();
    await page.getByLabel('Name of the mailing').press('Tab');
    expect(JSON.stringify((await read(id)).content)).not.to.include('friend');
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    await save.click();
    await page.getByText('Saved. The next start sends it.').waitFor();
    await page.getByRole('region', { name: 'Starts' }).waitFor();
    const saved = await read(id);
    expect(JSON.stringify(saved.content)).to.include('Hello, friend');
    expect(saved.state).to.equal('scheduled');
    expect(complaints).to.deep.equal([]);
  });

  it('shows how to subscribe in the website chat, and its secret when asked for', async () => {
    const site = await server.api<Bot>('POST', '/bots', { channel: 'web', name: 'Our site' });
    const { page, complaints } = await visit(`/bots?bot=${site.id}`);
    const drawer = page.getByRole('dialog', { name: 'Our site' });
    await drawer.getByLabel('Code for your site').getByText(site.id).waitFor();
    await drawer.getByText(`/demo?bot=${site.id}`).waitFor();
    const section = drawer.getByRole('region', { name: 'Secret for logged-in people' });
    await section.getByRole('button', { name: 'Show the secret' }).click();
    const shown = section.getByLabel('Secret for logged-in people');
    const first = await shown.innerText();
    expect(first).to.match(/^[0-9a-f]{64}$/);
    await section.getByRole('button', { name: 'Make a new one…' }).click();
    await page.getByRole('button', { name: 'Make a new secret', exact: true }).click();
    await until('another secret', async () => (await shown.innerText()) !== first);
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    await server.api('DELETE', `/bots/${site.id}`);
  });

  it('shows figures that agree with one another, laid out evenly on every width', async () => {
    const { id } = await send(await draft('Autumn news'));
    await until('everybody, and the opens', async () => {
      const { state, figures } = await read(id);
      return state === 'sent' && figures.opened === PEOPLE - SILENT;
    });
    const statistics = await statisticsOf(server.api, id);
    const told = [...statistics.failures, ...statistics.skips].reduce((sum, { people }) => sum + people, 0);
    expect(told)
      .to.equal(statistics.figures.failed + statistics.figures.skipped)
      .and.to.equal(SILENT);
    for (const { reason, people } of statistics.skips) {
      const { items } = await server.api<ApiPage<Recipient>>(
        'GET',
        `/mailings/${id}/recipients?state=skipped&reason=${reason}`,
      );
      expect(items, reason).to.have.length(people);
    }
    const { page, complaints } = await visit(`/mailings/${id}`);
    const funnel = page.getByRole('region', { name: 'From message to sale' });
    await funnel.getByText(`their share is of the ${PEOPLE - SILENT} sent there`, { exact: false }).waitFor();
    expect(await funnel.getByRole('listitem').nth(1).innerText()).to.match(/Opened\s+2 · 100/);
    await page
      .getByText(`of ${PEOPLE - SILENT} sent where it is reported`, { exact: false })
      .first()
      .waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: DESK.height });
      await page
        .waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, null, {
          timeout: 5000,
        })
        .catch(() => expect.fail(`${width}: the page scrolls sideways`));
      for (const row of await page.locator('main dl').all()) expect(await lonely(row), `${width}`).to.equal(false);
    }
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  /** Is the last tile alone in its line without filling it? */
  const lonely = (row: Locator): Promise<boolean> =>
    row.evaluate((list) => {
      const tiles = [...list.children].map((tile) => tile.getBoundingClientRect());
      const last = tiles.at(-1)!;
      const beside = tiles.filter(({ top }) => Math.abs(top - last.top) < 2).length;
      return beside === 1 && last.width < list.getBoundingClientRect().width - 2;
    });
});
