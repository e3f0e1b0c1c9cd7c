// The built pages: hashed files for ever and pre-compressed, every page's address gets the page, a missing file is
// missing; and the probes of load balancers.
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/app.ts';

describe('the built pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-assets-'));
  let app: TestApp;
  before(async () => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Herald</title>');
    writeFileSync(join(folder, 'assets/app-1a2b.js'), 'plain()');
    writeFileSync(join(folder, 'assets/app-1a2b.js.br'), brotliCompressSync('compressed()'));
    writeFileSync(join(folder, 'widget.js'), 'widget()');
    app = await startApp({ deps: { assets: { admin: folder, widget: folder } } });
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    app.ask('GET', path, undefined, { accept: 'text/html', ...headers });

  it('answers every address of a page with the page, never from a cache, under the strict policy', async () => {
    for (const path of ['/', '/mailings', '/mailings/abc/statistics']) {
      const { status, text, headers } = await get(path);
      expect(status, path).to.equal(200);
      expect(text).to.contain('<title>Herald');
      expect(headers.get('cache-control')).to.equal('no-cache');
      expect(headers.get('content-security-policy')).to.contain("frame-ancestors 'none'");
    }
  });

  it('serves hashed files for ever, compressed for those who take it', async () => {
    const compressed = await get('/assets/app-1a2b.js', { 'accept-encoding': 'br' });
    expect(compressed.text).to.equal('compressed()');
    expect(compressed.headers.get('content-type')).to.match(/javascript/);
    expect(compressed.headers.get('cache-control')).to.contain('immutable');
    expect((await get('/assets/app-1a2b.js', { 'accept-encoding': 'identity' })).text).to.equal('plain()');
  });

  it('has no page for a missing file, the API or a path out of the folder', async () => {
    expect((await get('/assets/gone-9f.js')).status).to.equal(404);
    expect((await get('/api/v2/mailings')).status).to.equal(404);
    expect((await get('/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd')).text).to.not.contain('root:');
    expect((await get('/assets/%zz.js')).status).to.equal(400);
  });

  it('lets other sites fetch the widget', async () => {
    const { text, headers } = await get('/widget.js');
    expect(text).to.equal('widget()');
    expect(headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
  });

  it('tells load balancers that it lives and whether it can serve', async () => {
    expect((await get('/healthz')).status).to.equal(200);
    expect((await get('/readyz')).body).to.deep.equal({ status: 'ok' });
    const away = await startApp();
    await away.deps.db.destroy();
    expect((await away.ask('GET', '/readyz')).status).to.equal(503);
    await away.stop();
  });
});
