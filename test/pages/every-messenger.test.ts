// One message, written once, with a picture, formatted text and three buttons: the preview of each simulated messenger beside
// what a person there received. With TEST_SHOTS naming a folder, a picture of each pair is left there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { SIMULATORS } from '../../channels/simulators.ts';
import type { ChannelInfo } from '../../src/http/api/bots.ts';
import type { Page as ApiPage } from '../../src/http/api/common.ts';
import type { TestAnswer } from '../../src/http/api/mailings.ts';
import type { SubscriberDetails, SubscriberRow } from '../../src/http/api/subscribers.ts';
import { axeViolations, LEVEL_AA, withBrowser } from '../support/browser.ts';
import { fillSimulator, type OwnedServer, startOwnedServer } from '../support/owner.ts';
import { until } from '../support/services.ts';

const CHANNELS = Object.keys(SIMULATORS);
const LABELS = ['See the menu', 'I’m coming', 'Buy a bag'];

/** What a simulator keeps of a message. */
interface Received {
  text: string;
  picture: string | null;
  buttons: { label: string; url?: string; data?: string }[][];
  links: string[];
}

withBrowser('one message on every simulated messenger', (open) => {
  let server: OwnedServer;
  let page: Page;
  let mailing = '';
  let channels: ChannelInfo[] = [];

  const received = async (channel: string): Promise<Received[]> => {
    const line = server
      .output()
      .split('\n')
      .find((one) => one.includes('"simulator.started"') && one.includes(`"${channel}"`));
    const { origin } = JSON.parse(line ?? '{}') as { origin: string };
    const response = await fetch(`${origin}/_control/messages`);
    return ((await response.json()) as { items: Received[] }).items.toReversed();
  };

  before(async () => {
    server = await startOwnedServer();
    await fillSimulator(server.api, { channels: CHANNELS, people: 5 * CHANNELS.length });
    const { items } = await server.api<{ items: ChannelInfo[] }>('GET', '/channels');
    channels = items.filter(({ name }) => CHANNELS.includes(name));
  });
  after(async () => {
    await server.stop();
  });

  async function write(): Promise<void> {
    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 640, height: 360 } });
    await page.getByRole('link', { name: 'Create new' }).click();
    await page.getByLabel('Name of the mailing').fill('Spring tasting');
    await page.getByRole('button', { name: 'Image', exact: true }).click();
    const file = { name: 'roast.png', mimeType: 'image/png', buffer: picture };
    await page.getByLabel('Choose a picture').first().setInputFiles(file);
    await page.getByRole('button', { name: 'Choose another' }).waitFor();
    await page.getByLabel('Description').fill('A bag of coffee');
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    const text = page.getByRole('textbox', { name: 'Text 2' });
    await text.pressSequentially('Taste our ');
    await page.keyboard.press('Control+b');
    await text.pressSequentially('new roast');
    await page.getByRole('button', { name: 'Buttons', exact: true }).click();
    const settings = page.getByRole('group', { name: 'Settings of the button' });
    await settings.getByLabel('Label').fill(LABELS[0]!);
    await settings.getByLabel('Address').fill('https://kestrel.example/menu');
    await page.getByRole('button', { name: 'Add a row' }).click();
    await settings.getByText('Message', { exact: true }).click();
    await settings.getByLabel('Label').fill(LABELS[1]!);
    await settings.getByLabel('Answer with').fill('See you there!');
    await page.getByRole('button', { name: 'Add a row' }).click();
    await settings.getByText('Buy', { exact: true }).click();
    await settings.getByLabel('Label').fill(LABELS[2]!);
    await settings.getByLabel('Product').fill('A bag of roast');
    await settings.getByLabel('Price').fill('12.50');
    await page.getByText(/^Saved /).waitFor();
    mailing = /mailings\/(\w+)\/edit/.exec(page.url())?.[1] ?? '';
  }

  /** The preview of a messenger, once it shows the message as the server fits it. */
  async function previewOf({ title }: ChannelInfo): Promise<Locator> {
    await page.getByRole('combobox', { name: 'Messenger' }).click();
    await page.getByRole('option', { name: title, exact: true }).click();
    const preview = page.getByRole('region', { name: `Preview for ${title}` });
    await preview.getByText('Taste our').first().waitFor();
    return preview;
  }

  it('arrives as its preview shows it', async () => {
    const visit = await server.openAsOwner(open, { viewport: { width: 1280, height: 1100 } });
    ({ page } = visit);
    await page.goto('/mailings');
    await write();
    for (const channel of channels) await previewOf(channel);
    expect(await axeViolations(page, LEVEL_AA)).to.deep.equal([]);
    expect(visit.complaints).to.deep.equal([]);
    await arrives();
  });

  /** To one person on each: what they get is what the preview promised. */
  async function arrives(): Promise<void> {
    const { items } = await server.api<ApiPage<SubscriberRow>>('POST', '/subscribers/search', { limit: 200 });
    const people = await Promise.all(items.map(({ id }) => server.api<SubscriberDetails>('GET', `/subscribers/${id}`)));
    const chosen = channels.map(({ name }) => people.find((one) => one.connections[0]?.bot.channel === name)?.id ?? '');
    const { results } = await server.api<TestAnswer>('POST', `/mailings/${mailing}/test`, { subscribers: chosen });
    expect(results.map(({ channel, reason, detail }) => `${channel}: ${reason ?? detail}`)).to.have.members(
      channels.map(({ name }) => `${name}: null`),
    );
    for (const channel of channels) {
      await until(`it to arrive on ${channel.title}`, async () => (await received(channel.name)).length > 0);
      const messages = await received(channel.name);
      const preview = await previewOf(channel);
      compare(channel, (await preview.innerText()).replaceAll(/\s+/g, ' '), messages);
      await keepPair(channel, preview, messages);
    }
  }

  function compare({ name, capabilities }: ChannelInfo, shown: string, messages: readonly Received[]): void {
    const text = messages.map((one) => one.text).join(' ');
    const buttons = messages.flatMap((one) => one.buttons.flat().map(({ label }) => label));
    expect(text, name).to.include('new roast');
    expect(shown, name).to.include('new roast');
    expect(
      messages.some((one) => one.picture !== null),
      `${name}: a picture`,
    ).to.equal(capabilities.elements.includes('image'));
    for (const label of LABELS) {
      const has = buttons.some((one) => one.includes(label)) || text.includes(label);
      expect(has, `${name}: “${label}” is there as it was shown`).to.equal(shown.includes(label));
    }
  }

  async function keepPair(
    { name, title }: ChannelInfo,
    preview: Locator,
    messages: readonly Received[],
  ): Promise<void> {
    const folder = process.env.TEST_SHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const { page: sheet } = await open({ viewport: { width: 860, height: 700 } });
    const picture = (await preview.screenshot()).toString('base64');
    const told = JSON.stringify(messages, null, 2).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    await sheet.setContent(
      `<body style="margin:16px;display:flex;gap:16px;align-items:flex-start;font:14px sans-serif">
         <div><h3>${title}: preview</h3><img width="400" src="data:image/png;base64,${picture}" alt=""></div>
         <div><h3>received</h3><pre style="width:400px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:11px">${told}</pre></div>
       </body>`,
    );
    writeFileSync(join(folder, `${name}-beside.png`), await sheet.screenshot({ fullPage: true }));
  }
});
