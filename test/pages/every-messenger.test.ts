// One message, written once, with a picture, formatted text and three buttons: the preview of each simulated messenger beside
// what a person there received. With TEST_SHOTS naming a folder, a picture of each pair is left there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Received } from '../../channels/lib/simulator/world.ts';
import { SIMULATORS } from '../../channels/simulators.ts';
import type { ChannelInfo } from '../../src/http/api/bots.ts';
import type { Page as ApiPage } from '../../src/http/api/common.ts';
import type { TestAnswer } from '../../src/http/api/mailings.ts';
import type { SubscriberDetails, SubscriberRow } from '../../src/http/api/subscribers.ts';
import { pictureOfPair } from '../support/beside.ts';
import { axeViolations, LEVEL_AA, withBrowser } from '../support/browser.ts';
import { fillSimulator, type OwnedServer, startOwnedServer } from '../support/owner.ts';
import { until } from '../support/services.ts';

const CHANNELS = Object.keys(SIMULATORS);
const LABELS = ['See the menu', 'I’m coming', 'Buy a bag'];

/** A picture drawn here, so that nothing has to be fetched: a bag of coffee on a shelf. */
const PICTURE = `<body style="margin:0"><svg width="640" height="360" xmlns="http://www.w3.org/2000/svg">
  <rect width="640" height="360" fill="#f4e3cf"/><rect y="270" width="640" height="90" fill="#a9714b"/>
  <path d="M250 90h140l16 190H234z" fill="#3f5f4f"/><path d="M250 90h140l-8-34H258z" fill="#2f493c"/>
  <circle cx="320" cy="190" r="46" fill="#f4e3cf"/>
  <path d="M300 168c-22 26-4 58 26 44 26-12 30-50-4-54-10-1-17 4-22 10zm4 42c4-20 26-20 30-46" fill="none" stroke="#6b3f22" stroke-width="7"/>
  <ellipse cx="480" cy="282" rx="74" ry="12" fill="#8a5836"/><path d="M424 214h112c0 40-22 64-56 64s-56-24-56-64z" fill="#fff"/>
  <path d="M534 226c30-4 30 36-10 32" fill="none" stroke="#fff" stroke-width="9"/><ellipse cx="480" cy="215" rx="56" ry="10" fill="#6b3f22"/>
</svg></body>`;

withBrowser('one message on every simulated messenger', (open) => {
  let server: OwnedServer;
  let page: Page;
  let mailing = '';
  let picture: Buffer;
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
    const { page: studio } = await open({ viewport: { width: 640, height: 360 } });
    await studio.setContent(PICTURE);
    picture = await studio.screenshot();
    const visit = await server.openAsOwner(open, {
      viewport: { width: 1280, height: 1100 },
      ...(process.env.TEST_SHOTS ? { deviceScaleFactor: 2 } : {}),
    });
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
    const pair = {
      title,
      preview: await preview.screenshot(),
      messages,
      picture: `data:image/png;base64,${picture.toString('base64')}`,
    };
    writeFileSync(join(folder, `preview-${name}.png`), await pictureOfPair(open, pair));
  }
});
