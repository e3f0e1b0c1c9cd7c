// What holds a mailing back, as people meet it: set in the sending step, told on the mailing's page, decided there; on a
// desk and on a phone.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Mailing, MailingBody } from '../../src/http/api/mailings.ts';
import { openDatabase } from '../../src/store/database.ts';
import { axeViolations, LEVEL_AA, withBrowser } from '../support/browser.ts';
import { draftOf, fillSimulator, type OwnedServer, startOwnedServer } from '../support/owner.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/services.ts';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
const NARROWEST = 320;
const HOUR_MS = 3_600_000;
const PEOPLE = 60;

const CONTENT = {
  synchronised: true,
  variants: { '*': { elements: [{ kind: 'text', text: [{ text: 'Hello' }] }] } },
} as MailingBody['content'];
const EVERYONE = { all: [{ field: 'connection.status', operator: 'is', value: 'active' }] } as MailingBody['audience'];

/** What axe finds wrong with the page as it stands, and whether it is too wide for phones. */
async function faults(page: Page): Promise<string[]> {
  const found = await axeViolations(page, LEVEL_AA);
  for (const width of [NARROW.width, NARROWEST]) {
    await page.setViewportSize({ width, height: NARROW.height });
    // What follows the width by script does so a moment later.
    await page
      .waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, null, {
        timeout: 5000,
      })
      .catch(() => found.push(`${width}: too wide`));
  }
  return found;
}

const choose = async (page: Page, label: string, option: string): Promise<void> => {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
};

withBrowser('what holds a mailing back', (open) => {
  let server: OwnedServer;

  before(async () => {
    server = await startOwnedServer();
    await server.api('PATCH', '/settings', { holdSeconds: 0, quietHours: { from: '22:00', to: '08:00' } });
    const quiet = { open: 0, press: 0, buy: 0, reply: 0, block: 0 };
    await fillSimulator(server.api, { people: PEOPLE, behaviour: quiet });
  });
  after(async () => {
    await server.stop();
  });

  const draft = (name: string, settings: MailingBody['settings'] = {}): Promise<Mailing> =>
    draftOf(server.api, { name, content: CONTENT, audience: EVERYONE, settings: { quietHours: null, ...settings } });
  const read = (id: string): Promise<Mailing> => server.api<Mailing>('GET', `/mailings/${id}`);
  const send = ({ id, version }: Mailing): Promise<Mailing> =>
    server.api<Mailing>('POST', `/mailings/${id}/send`, { version });

  for (const viewport of [WIDE, NARROW]) {
    it(`is set in the sending step, ${viewport.width} pixels wide`, async () => {
      const { id } = await draft('Monday menu', { quietHours: 'workspace' });
      const { page, complaints } = await server.openAsOwner(open, { viewport });
      await page.goto(`/mailings/${id}/edit?step=sending`);
      await page.getByRole('button', { name: /^More sending rules Repeat, quiet hours/ }).click();
      await choose(page, 'Repeat', 'Every week on …');
      await page.getByRole('radio', { name: 'At a set time' }).check();
      await page.getByText('Mon', { exact: true }).click();
      await page.getByLabel('At', { exact: true }).fill('09:30');
      await page.getByRole('radio', { name: 'After a number of starts' }).check();
      await page.getByRole('textbox', { name: 'Starts in all' }).fill('4');
      await choose(page, 'Quiet hours', 'Set for this mailing');
      await page.getByLabel('From', { exact: true }).fill('21:00');
      await page.getByRole('switch', { name: 'Start with a few people first' }).check();
      await page.getByRole('textbox', { name: 'Fail' }).fill('7');
      await page.getByText('The first 6 people get it at once.', { exact: false }).first().waitFor();
      await page.getByText('4 starts in all', { exact: false }).first().waitFor();
      await page.getByText('Nothing goes out between 9:00 PM', { exact: false }).waitFor();
      await until('the next starts', async () => (await page.locator('ol > li').count()) === 4);
      await until('the draft', async () => (await read(id)).settings.canary?.failed === 7);
      const { settings } = await read(id);
      expect(settings.repeat).to.include({ zone: 'Europe/Berlin', times: 4 });
      expect(settings.repeat?.cron).to.match(/^30 9 \* \* [\d,]*1/);
      expect(settings.quietHours).to.deep.equal({ from: '21:00', to: '08:00', clock: 'person' });
      expect(settings.canary).to.include({ people: 6, minutes: 10 });
      await page.getByText(/^Saved /).waitFor();
      expect(await faults(page)).to.deep.equal([]);
      expect(complaints).to.deep.equal([]);
    });
  }

  it('says at the field what the server finds wrong with a rule', async () => {
    const { id } = await draft('By a rule', { repeat: { cron: '0 10 * * *', zone: 'Europe/Berlin' } });
    const { page } = await server.openAsOwner(open, { viewport: WIDE });
    await page.goto(`/mailings/${id}/edit?step=sending`);
    await page.getByRole('button', { name: /^More sending rules Repeats every day at 10:00/ }).click();
    await choose(page, 'Repeat', 'By a rule of your own (cron)');
    const rule = page.getByRole('textbox', { name: 'Rule' });
    await rule.fill('0 9');
    await page.getByText('Write five fields with spaces between').waitFor();
    await rule.fill('0 99 * * 1-5');
    await page.locator('input[aria-invalid="true"]').waitFor();
    expect(await rule.getAttribute('aria-invalid')).to.equal('true');
    await rule.fill('0 9 * * 1-5');
    await page.getByText('Weekdays: Mon–Fri.', { exact: false }).waitFor();
    await until('the draft', async () => (await read(id)).settings.repeat?.cron === '0 9 * * 1-5');
  });

  it('counts whose hour has passed and whose zone nobody knows, and says what becomes of them', async () => {
    const { id } = await draft('At ten', { when: { mode: 'person', local: '2020-01-01T10:00' } });
    const { page } = await server.openAsOwner(open, { viewport: NARROW });
    await page.goto(`/mailings/${id}/edit?step=sending`);
    await page.getByText(/people's hour has passed: they get it at once\.$/).waitFor();
    await choose(page, 'If their hour has passed when sending starts', "They don't get it");
    await page.getByText(/people's hour has passed: they don't get it\.$/).waitFor();
    expect(await faults(page)).to.deep.equal([]);
  });

  it('is told on the page of the mailing, with the way to what mends it', async () => {
    const running = await draft('Autumn news', { speed: 1 });
    await send(running);
    const bot = (await server.api<{ items: Bot[] }>('GET', '/bots')).items.find((one) => one.simulated);
    await until('the first message', async () => (await read(running.id)).figures.sent > 0);
    await server.api('PATCH', `/bots/${bot?.id}`, { paused: true });
    const { page, complaints } = await server.openAsOwner(open, { viewport: WIDE });
    await page.goto(`/mailings/${running.id}`);
    await page.getByText(`Waiting: the bot ${bot?.name} is paused.`).waitFor();
    expect(await faults(page)).to.deep.equal([]);
    await page.getByRole('link', { name: 'Resume the bot' }).click();
    await page.getByRole('dialog', { name: bot?.name ?? '' }).waitFor();
    await server.api('PATCH', `/bots/${bot?.id}`, { paused: false });
    await page.goto(`/mailings/${running.id}`);
    await page.getByText(/left, until/).waitFor();
    await server.api('POST', `/mailings/${running.id}/stop`);
    expect(complaints).to.deep.equal([]);
  });

  it('asks whether to start what is too late, and starts it then', async () => {
    const late = await draft('Good morning', {
      when: { mode: 'at', local: '2999-01-01T09:00', zone: 'Europe/Berlin' },
    });
    await send(late);
    const db = openDatabase(server.environment.DATABASE_URL ?? '');
    await db('campaigns')
      .where({ public_id: late.id })
      .update({ due_at: Date.now() - 5 * HOUR_MS });
    await db.destroy();
    await until('the question', async () => (await read(late.id)).state === 'stopped');
    const { page } = await server.openAsOwner(open, { viewport: NARROW });
    await page.goto(`/mailings/${late.id}`);
    await page.getByRole('alert').filter({ hasText: '5 hours ago. Nothing was sent.' }).waitFor();
    await page.getByRole('button', { name: 'Pick another time' }).waitFor();
    expect(await faults(page)).to.deep.equal([]);
    await page.getByRole('button', { name: `Send now to ${PEOPLE} people…` }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Send to ${PEOPLE} people` })
      .click();
    await until('everybody', async () => (await read(late.id)).figures.sent === PEOPLE);
  });

  it('tells the next starts of a repeated mailing, which can be taken back until the first', async () => {
    const { id } = await send(await draft('Every day', { repeat: { cron: '0 10 * * *', zone: 'Europe/Berlin' } }));
    const { page } = await server.openAsOwner(open, { viewport: WIDE });
    await page.goto(`/mailings/${id}`);
    const starts = page.getByRole('region', { name: 'Starts' });
    await starts.getByText('It has not started yet.').waitFor();
    expect(await starts.locator('time').count()).to.equal(5);
    expect(await faults(page)).to.deep.equal([]);
    await page.getByRole('button', { name: 'Unschedule and edit' }).click();
    await page.getByLabel('Name of the mailing').waitFor();
  });

  it('shows the first people against the rest, and sends to the rest all the same when told to', async () => {
    await server.api('PATCH', '/simulator', { block: 1 });
    const { id } = await send(await draft('Careful', { canary: { people: 10 } }));
    await until('the halt', async () => (await read(id)).state === 'stopped');
    await server.api('PATCH', '/simulator', { block: 0 });
    const { page, complaints } = await server.openAsOwner(open, { viewport: WIDE });
    await page.goto(`/mailings/${id}`);
    const report = page.getByRole('region', { name: 'The first people against the rest' });
    await report
      .getByText(/Of the first people .* blocked the bot; the limit is 3%\. \d+ people have not got it\./)
      .waitFor();
    expect(await page.getByRole('button', { name: 'Continue sending' }).count()).to.equal(0);
    expect(await faults(page)).to.deep.equal([]);
    await report.getByRole('button', { name: 'Leave it stopped' }).click();
    await report.getByText('It stays stopped.').waitFor();
    const { remaining } = (await read(id)).figures;
    await report.getByRole('button', { name: `Send to the other ${remaining} people anyway…` }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Send to ${remaining} people` })
      .click();
    await until('the rest', async () => (await read(id)).state === 'sent');
    await report.getByText('Sent to the rest all the same').waitFor();
    expect(complaints).to.deep.equal([]);
  });

  it('is set for all mailings, and how the server is doing is told, in the settings', async () => {
    const { page, complaints } = await server.openAsOwner(open, { viewport: WIDE });
    await page.goto('/settings?tab=sending');
    await page.getByRole('switch', { name: 'How often one person may get mailings' }).check();
    await page.getByRole('textbox', { name: 'Within days' }).fill('14');
    await choose(page, 'Events and website messages', 'Delete after 365 days');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save and delete' }).click();
    await page.getByText('The settings are saved.').waitFor();
    expect(await server.api('GET', '/settings')).to.deep.include({
      frequencyCap: { messages: 3, days: 14 },
      retentionDays: 365,
    });
    await server.api('PATCH', '/settings', { frequencyCap: null, retentionDays: null });
    expect(await faults(page)).to.deep.equal([]);
    await page.getByRole('tab', { name: 'System health' }).click();
    await page.getByText(/^Database \(/).waitFor();
    await page.getByRole('button', { name: 'Copy for support' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await faults(page)).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('is said on every page of a copy, until its name is typed', async () => {
    await server.end('SIGKILL');
    rmSync(join(server.folder, 'instance.id'));
    const copy = await startServer({}, server);
    const { page, complaints } = await server.openAsOwner(open, { viewport: WIDE });
    for (const address of ['/subscribers', '/settings', '/mailings']) {
      await page.goto(address);
      await page.getByRole('alert').filter({ hasText: 'Is this the server that sends?' }).waitFor();
    }
    expect(await faults(page)).to.deep.equal([]);
    await page.getByRole('button', { name: 'This is the one that sends…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Should this server send from now on?' });
    const yes = dialog.getByRole('button', { name: 'This one sends' });
    expect(await yes.isDisabled()).to.equal(true);
    await dialog.getByRole('textbox').fill('Kestrel Coffee');
    await yes.click();
    await page.getByRole('alert').filter({ hasText: 'Is this the server' }).waitFor({ state: 'detached' });
    expect(complaints).to.deep.equal([]);
    await copy.stop();
  });
});
