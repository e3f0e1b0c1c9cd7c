import { expect } from 'chai';
import type { Channel } from '../../src/domain/channel.ts';
import { type Bot } from '../../src/store/bots.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { aBot, keyring } from '../support/people.ts';
import { plainChannel } from '../support/plain-channel.ts';

describe('the files a channel has for browsers', () => {
  let app: TestApp;
  let bot: Bot;
  let plain: Bot;
  before(async () => {
    const serving: Channel = {
      ...plainChannel('serving'),
      serve: (path, { webhookUrl }, base) =>
        path === 'deep/worker.js'
          ? { status: 200, type: 'text/javascript', body: `/* ${base} ${webhookUrl} */` }
          : null,
    };
    app = await startApp({ channels: [serving, plainChannel()], deps: { keyring } });
    bot = await aBot(app.deps.db, { channel: 'serving' });
    plain = await aBot(app.deps.db, { channel: 'plain' });
  });
  after(() => app.stop());

  it('come from the channel, with headers that keep a service worker to its own folder', async () => {
    const { status, headers, text } = await app.ask('GET', `/channels/${bot.webhookKey}/deep/worker.js`);
    expect(status).to.equal(200);
    expect(text).to.equal(`/* ${app.url}/channels/${bot.webhookKey} ${app.url}/webhooks/${bot.webhookKey} */`);
    expect(headers.get('content-type')).to.match(/^text\/javascript/);
    expect(headers.get('service-worker-allowed')).to.equal(`/channels/${bot.webhookKey}/`);
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
    expect(headers.get('cache-control')).to.equal('no-cache');
  });

  it('are not there for unknown paths, bots and channels without any', async () => {
    for (const path of [
      `/channels/${bot.webhookKey}/other.js`,
      `/channels/${bot.webhookKey}/deep/../../../worker.js`,
      `/channels/${plain.webhookKey}/deep/worker.js`,
      `/channels/${bot.publicId}/deep/worker.js`,
      '/channels/nobody/deep/worker.js',
    ]) {
      expect((await app.ask('GET', path)).status, path).to.equal(404);
    }
  });
});
