// What goes wrong is said on the page where it went wrong, in words that name the field and the way out, and nothing
// that was typed is lost.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Bot } from '../../src/http/api/bots.ts';
import type { Mailing } from '../../src/http/api/mailings.ts';
import { withBrowser } from '../support/browser.ts';
import { addressOf, draftOf, fillSimulator, type OwnedServer, startOwnedServer, tagged } from '../support/owner.ts';
import { freePort, until } from '../support/services.ts';
import { startServer } from '../support/server.ts';

const TOKEN = `123456789:${'A'.repeat(35)}`;

withBrowser('what goes wrong', (open) => {
  let server: OwnedServer;
  /** Answers as the platform does to a token it does not know. */
  let platform: Server;
  let platformUrl = '';

  before(async () => {
    platform = createServer((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' }));
    });
    await new Promise<void>((resolve) => void platform.listen(0, '127.0.0.1', resolve));
    platformUrl = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
    // The platform of this test is on this machine, which a server otherwise does not ask.
    server = await startOwnedServer({ ALLOW_PRIVATE_ADDRESSES: 'true' });
    await fillSimulator(server.api, { people: 5, behaviour: {} });
  });
  after(async () => {
    platform.closeAllConnections();
    platform.close();
    await server.stop();
  });

  const draft = async (name: string, text = 'Hello'): Promise<Mailing> =>
    draftOf(server.api, {
      name,
      content: { synchronised: true, variants: { '*': { elements: [{ kind: 'text', text }] } } },
    });
  const read = (id: string): Promise<Mailing> => server.api<Mailing>('GET', `/mailings/${id}`);
  const editor = (page: Page) => page.getByRole('textbox', { name: 'Text 1' });

  describe('connecting a bot', () => {
    async function connect(token: string, apiRoot: string): Promise<Page> {
      const { page } = await server.openAsOwner(open);
      await page.goto('/bots?connect=telegram');
      await page.getByRole('button', { name: 'Advanced' }).click();
      await page.getByLabel('API address').fill(apiRoot);
      await page.getByLabel('Token').fill(token);
      return page;
    }
    const bots = async (): Promise<number> => (await server.api<{ items: Bot[] }>('GET', '/bots')).items.length;

    it('names a token of the wrong shape before anybody is asked', async () => {
      const page = await connect('my token', platformUrl);
      await page.getByLabel('Token').blur();
      await page.getByText('A token is digits, a colon, then about 35 letters').waitFor();
      expect(await page.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).to.equal(true);
    });

    it('says that the messenger does not accept a token, and where to get the right one', async () => {
      const before = await bots();
      const page = await connect(TOKEN, platformUrl);
      await page.getByText("The messenger doesn't know this token. Copy it again, or make a new one.").waitFor();
      expect(await page.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).to.equal(true);
      expect(await bots()).to.equal(before);
    });

    it('names the API address that nobody answers at', async () => {
      const before = await bots();
      const nobody = `http://127.0.0.1:${await freePort()}`;
      const page = await connect(TOKEN, nobody);
      await page.getByText(`${nobody} can't be reached (ECONNREFUSED). Check the API address`).waitFor();
      expect(await page.getByLabel('API address').getAttribute('aria-invalid')).to.equal('true');
      expect(await page.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).to.equal(true);
      expect(await bots()).to.equal(before);
    });
  });

  it('counts how much of a message is over the limit, and does not send it', async () => {
    const { id } = await draft('Too long', `${'word '.repeat(900)}end`);
    const { page } = await server.openAsOwner(open);
    await page.goto(`/mailings/${id}/edit`);
    await page.getByText(/Telegram allows 4,096 characters here\. Remove \d+\./).waitFor();
  });

  it('says that nobody matches, and lets nobody go on', async () => {
    const { id } = await draftOf(server.api, { name: 'For nobody', audience: tagged('no such tag') });
    const { page } = await server.openAsOwner(open);
    await page.goto(`/mailings/${id}/edit?step=audience`);
    await page.getByText('Nobody matches. Loosen a condition.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).to.equal(true);
    await page.goto(`/mailings/${id}/edit?step=sending`);
    await page.getByText('Check before sending').waitFor();
    await page.getByRole('button', { name: 'Go to Audience' }).waitFor();
    expect(await page.getByRole('button', { name: 'Send now…' }).isDisabled()).to.equal(true);
  });

  it('leads to the first thing that is missing in a message', async () => {
    const { id } = await draftOf(server.api, { name: 'Half done' });
    const { page } = await server.openAsOwner(open);
    await page.goto(`/mailings/${id}/edit`);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('alert').filter({ hasText: 'Add at least one element' }).waitFor();
    await page.getByRole('button', { name: 'Buttons', exact: true }).click();
    await page.getByRole('group', { name: 'Settings of the button' }).getByLabel('Address').fill('kestrel');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Write what the button says.').waitFor();
    await page.getByText('Enter a full address, like https://example.com.').waitFor();
    expect(new URL(page.url()).searchParams.get('step')).to.not.equal('audience');
  });

  describe('importing', () => {
    const choose = (page: Page, name: string, text: string): Promise<void> =>
      page
        .getByLabel('Choose a CSV file')
        .first()
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

    it('refuses what is no CSV', async () => {
      const { page } = await server.openAsOwner(open);
      await page.goto('/subscribers/import');
      await page
        .getByLabel('Choose a CSV file')
        .first()
        .setInputFiles({ name: 'people.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') });
      await page.getByText('This is not a CSV file.').waitFor();
      await choose(page, 'empty.csv', '');
      await page.getByRole('alert').waitFor();
    });

    it('names every bad row with its reason, and loses no good one', async () => {
      const { page } = await server.openAsOwner(open);
      await page.goto('/subscribers/import');
      await choose(
        page,
        'mixed.csv',
        `chat,email,first_name\n${addressOf(100)},anna@kestrel.example,Анна\n${addressOf(101)},not an e-mail,Bo\n,,\n${addressOf(102)},"zoë@kestrel.example","Zoë ""Z"""\n`,
      );
      await page.getByRole('combobox', { name: 'Where “chat” goes' }).click();
      await page.getByRole('option', { name: 'Address at a bot' }).click();
      await page.getByRole('button', { name: 'Check without writing' }).click();
      await page.getByText('Choose the bot the addresses belong to.').waitFor();
      await page.getByText('Confirm that these people agreed.').waitFor();
      await page.getByRole('combobox', { name: 'Whose addresses are they?' }).click();
      await page.getByRole('option', { name: /Telegram/ }).click();
      await page.getByLabel('These people agreed to receive messages').check();
      await page.getByRole('button', { name: 'Check without writing' }).click();
      const rows = page.getByRole('table', { name: "Rows that can't be imported" });
      await rows.getByText('not an e-mail').waitFor();
      await page.getByRole('button', { name: /^Import \d rows?$/ }).click();
      await page.getByRole('heading', { name: 'Imported' }).waitFor();
      await page.getByRole('link', { name: 'Show subscribers' }).click();
      await page.getByText('Анна').first().waitFor();
      await page.getByText('Zoë "Z"').first().waitFor();
      expect(await page.getByText('Bo', { exact: true }).count()).to.equal(0);
    });
  });

  it('lets neither of two editors overwrite the other', async () => {
    const { id } = await draft('Shared');
    const [mine, theirs] = [await server.openAsOwner(open), await server.openAsOwner(open)];
    for (const { page } of [mine, theirs]) {
      await page.goto(`/mailings/${id}/edit`);
      await editor(page).waitFor();
    }
    await editor(theirs.page).fill('Their words');
    await until('their words saved', async () => JSON.stringify((await read(id)).content).includes('Their words'));
    await editor(mine.page).fill('My words');
    const dialog = mine.page.getByRole('dialog', { name: 'Changed elsewhere' });
    await dialog.getByRole('button', { name: 'Keep mine as a copy' }).click();
    await until('a page of its own', () => !mine.page.url().includes(id));
    await editor(mine.page).getByText('My words').waitFor();
    expect(JSON.stringify((await read(id)).content)).to.include('Their words');

    await mine.page.goto(`/mailings/${id}/edit`);
    await editor(mine.page).waitFor();
    await editor(theirs.page).fill('Their later words');
    await until('saved', async () => JSON.stringify((await read(id)).content).includes('later'));
    await editor(mine.page).fill('Never mind');
    await dialog.getByRole('button', { name: 'See their version' }).click();
    await editor(mine.page).getByText('Their later words').waitFor();
  });

  it('does not change a draft that is only looked at', async () => {
    const { id, version } = await draft('Looked at');
    const { page } = await server.openAsOwner(open);
    for (const step of ['message', 'audience', 'sending']) {
      await page.goto(`/mailings/${id}/edit?step=${step}`);
      await page.getByText('5 recipients').waitFor();
    }
    await page.getByText(/^Starts .+, ends about/).waitFor();
    expect((await read(id)).version).to.equal(version);
  });

  describe('the server being gone', () => {
    it('keeps what is typed while the server is gone, and saves it when it is back', async () => {
      const { id } = await draft('In the dark');
      const { page } = await server.openAsOwner(open);
      await page.goto(`/mailings/${id}/edit`);
      await editor(page).waitFor();
      await server.end('SIGTERM');
      await editor(page).fill('Typed while nobody listened');
      await page.getByText('Not saved, trying again').waitFor();
      const again = await startServer({}, server);
      try {
        await page.getByText(/^Saved /).waitFor();
        expect(JSON.stringify((await read(id)).content)).to.include('Typed while nobody listened');
      } finally {
        await again.end('SIGTERM');
      }
    });
  });
});
