// The check of a mailing compares its templates with the platform's list, asked over real HTTP and kept a while.
import { expect } from 'chai';
import { createWhatsApp } from '../../channels/whatsapp/index.ts';
import { createHttpClient, type HttpClient } from '../../channels/lib/http.ts';
import type { Mailing, MailingCheck } from '../../src/http/api/mailings.ts';
import { findOrCreateByConnection } from '../../src/store/subscribers.ts';
import { type Ask, startApp, type TestApp } from '../support/app.ts';
import { contentOf, text } from '../support/mailing.ts';
import { aBot } from '../support/people.ts';
import { answerJson, type ScriptServer, startScriptServer } from '../support/script-server.ts';

const START = Date.UTC(2026, 10, 20, 12);
const body = (words: string) => ({ type: 'BODY', text: words });
const url = (address: string, label = 'Shop') => ({ type: 'URL', text: label, url: address });

describe('templates in the check of a mailing', () => {
  let graph: ScriptServer;
  let http: HttpClient;
  let app: TestApp;
  let ask: Ask;
  let now = START;
  let botId = '';
  let list: object[] = [];

  before(async () => {
    graph = await startScriptServer();
    graph.answer = (asked, response) => answerJson(200, { data: list })(asked, response);
    http = createHttpClient({ allowPrivate: () => true });
    const channel = createWhatsApp({ http, readMedia: async () => null, now: () => now });
    app = await startApp({
      channels: [channel],
      environment: { WHATSAPP_API_ROOT: graph.origin },
      deps: { now: () => now, publicUrl: () => 'https://herald.example' },
    });
    ask = await app.token('read', 'write', 'send');
    const { db } = app.deps;
    const bot = await aBot(db, { channel: 'whatsapp', name: 'Shop' }, app.deps.keyring);
    botId = bot.publicId;
    await findOrCreateByConnection(db, { botId: bot.id, address: '491700000001', profile: {}, now });
  });
  after(async () => {
    await app.stop();
    await http.close();
    await graph.close();
  });
  beforeEach(() => {
    // Whatever was kept is old by then.
    now += 3_600_000;
    graph.asked.length = 0;
    list = [
      { name: 'news', language: 'en', status: 'APPROVED', components: [body('Hi {{1}}')] },
      { name: 'news', language: 'uk', status: 'PENDING', components: [body('Привіт, {{1}}')] },
      {
        name: 'linked',
        language: 'en',
        status: 'APPROVED',
        components: [
          body('See'),
          { type: 'BUTTONS', buttons: [url('https://fixed.example'), url('https://shop.example/{{1}}')] },
        ],
      },
    ];
  });

  async function check(template: object): Promise<MailingCheck['findings']> {
    const content = { ...contentOf(text('Hello')), templates: { whatsapp: template } };
    const { body: draft } = await ask('POST', '/api/v1/mailings', { name: 'News', content });
    const answer = await ask('POST', `/api/v1/mailings/${(draft as Mailing).id}/check`);
    expect(answer.status, answer.text).to.equal(200);
    return (answer.body as MailingCheck).findings.filter(({ code }) => code.startsWith('template'));
  }
  const news = { name: 'news', language: 'en', parameters: ['Anna'] };

  it('finds nothing against one that is approved, and asks for the list once', async () => {
    expect(await check(news)).to.deep.equal([]);
    expect(await check(news)).to.deep.equal([]);
    expect(graph.asked.map(({ path }) => path.split('?')[0])).to.have.length(1);
  });

  it('names what the platform would refuse, with the bot and the remedy', async () => {
    const told = async (change: object): Promise<string> => {
      const [finding, ...more] = await check({ ...news, ...change });
      expect(more).to.deep.equal([]);
      expect(finding?.level).to.equal('error');
      return `${finding?.path} ${finding?.message}`;
    };
    expect(await told({ name: 'gone' })).to.match(/templates\.whatsapp\.name Shop has no template “gone”.*Choose/);
    expect(await told({ language: 'uk' })).to.match(/“news” \(uk\) of Shop still waits/);
    expect(await told({ language: 'vi' })).to.match(/in en, uk, not in vi/);
    expect(await told({ parameters: ['a', 'b'] })).to.match(/place-holders: 1\. Filled in: 2/);
    expect(await told({ parameters: ['{{first_name}}'] })).to.match(/Place-holder 1 .* empty/);
  });

  it('looks again before it complains of what may have been approved meanwhile', async () => {
    list = [];
    expect((await check(news))[0]).to.include({ code: 'template_unknown' });
    list = [{ name: 'news', language: 'en', status: 'APPROVED', components: [body('Hi {{1}}')] }];
    now += 11_000;
    expect(await check(news)).to.deep.equal([]);
  });

  it('says that a list could not be read, and blocks nothing', async () => {
    graph.answer = answerJson(500, { error: { code: 2, message: 'down' } });
    const [finding, ...more] = await check({ ...news, name: 'gone' });
    expect([finding?.level, finding?.code, more]).to.deep.equal(['warning', 'templates_unread', []]);
    const shown = await ask('GET', `/api/v1/bots/${botId}/templates`);
    expect(shown.status).to.be.within(400, 599);
    graph.answer = (asked, response) => answerJson(200, { data: list })(asked, response);
  });

  it('says which links cannot be counted, and tells the picker how each template stands', async () => {
    const buttons = [{ index: 1, label: 'Shop', base: 'https://shop.example/', value: 'spring' }];
    const [finding] = await check({ name: 'linked', language: 'en', parameters: [], buttons });
    expect(finding).to.include({ level: 'warning', code: 'template_untracked' });
    expect(finding?.message).to.match(/2 buttons/);
    const { items } = (await ask('GET', `/api/v1/bots/${botId}/templates`)).body as {
      items: { name: string; state: string; fixedLinks: number; buttons: object[] }[];
    };
    expect(items.map(({ name, state }) => `${name} ${state}`)).to.deep.equal([
      'news approved',
      'news waiting',
      'linked approved',
    ]);
    expect(items[2]).to.deep.include({
      fixedLinks: 1,
      buttons: [{ index: 1, label: 'Shop', base: 'https://shop.example/', tracked: false }],
    });
  });
});
