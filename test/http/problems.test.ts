// Whatever is wrong with a request, the answer is a problem that names the place and says what to do, and never more.
import { expect } from 'chai';
import { connect } from 'node:net';
import { type Ask, startApp, type TestApp } from '../support/app.ts';

describe('requests that cannot be done', () => {
  let app: TestApp;
  let ask: Ask;
  before(async () => {
    app = await startApp();
    ask = await app.token('read', 'write', 'send');
  });
  after(() => app.stop());

  const json = { 'content-type': 'application/json' };

  it('malformed JSON: line and column', async () => {
    const { body, headers } = await ask('POST', '/api/v1/mailings', '{\n  "name": "a",\n}', json);
    expect(body).to.include({ code: 'bad_json', status: 400 });
    expect((body as { detail: string }).detail).to.match(/line 3, column 1/);
    expect(headers.get('content-type')).to.match(/^application\/problem\+json/);
  });

  it('a body of 40 MB: how large it may be, without reading it', async () => {
    const { body } = await ask('POST', '/api/v1/mailings', `{"name":"${'x'.repeat(3_000_000)}"}`, json);
    expect(body).to.include({ code: 'too_large', status: 413, detail: 'This is larger than 2 MB. Send less at once.' });
    const { host } = new URL(app.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
      socket.once('error', reject);
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.write(
        `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${40 * 1024 * 1024}\r\n\r\n{`,
      );
    });
    expect(answer).to.match(/^HTTP\/1.1 413/);
  });

  it('another content type, an unknown address, an unknown id', async () => {
    expect(
      (await ask('POST', '/api/v1/mailings', 'name=a', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).to.equal(415);
    expect((await ask('GET', '/api/v1/nothing')).body).to.include({ code: 'unknown_route', status: 404 });
    expect((await ask('GET', '/api/v1/mailings/aaaaaaaaaaaa')).body).to.include({ status: 404 });
    expect((await ask('GET', '/api/v1/mailings?limit=9999')).body).to.have.nested.property('errors[0].path', 'limit');
    expect((await ask('GET', '/api/v1/tags/none?cursor=x')).status).to.equal(404);
    expect((await ask('GET', '/api/v1/audit-log?cursor=abc')).body).to.have.nested.property('errors[0].path', 'cursor');
  });

  it('fields: each is named with its own sentence, unions by the branch that was meant', async () => {
    const { status, body } = await ask('POST', '/api/v1/mailings', {
      name: 'x'.repeat(121),
      content: {
        synchronised: true,
        variants: { '*': { elements: [{ kind: 'text', text: 'Hi' }, { kind: 'video' }] } },
      },
      settings: { speed: 0, when: { mode: 'at', local: '2026-11-22T18:00' } },
      colour: 'red',
    });
    expect(status).to.equal(422);
    const { errors } = body as { errors: { path: string; code: string; message: string }[] };
    const messages = Object.fromEntries(errors.map(({ path, message }) => [path, message]));
    expect(messages).to.deep.equal({
      name: 'Keep the name under 120 characters.',
      'content.variants.*.elements.1.kind': '“kind” must be one of: text, image, buttons.',
      'settings.speed': 'Enter a whole number, 1 or more.',
      'settings.when.zone': 'Choose a time zone.',
      colour: 'There is no field “colour” here. Remove it.',
    });
  });

  it('a filter: place, what it got, what is permitted', async () => {
    const filter = {
      all: [
        { field: 'tag', operator: 'has', value: 'vip' },
        { field: 'shoe_size', operator: 'is', value: 43 },
      ],
    };
    const { body } = await ask('POST', '/api/v1/audience/count', { filter });
    expect(body).to.have.nested.property('errors[0].path', 'filter.all.1.field');
    expect((body as { errors: { message: string }[] }).errors[0]?.message)
      .to.contain('shoe_size')
      .and.contain('first_name');
  });

  it('a body nested a hundred thousand levels deep does not bring anything down', async () => {
    const deep = `{"filter":${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}}`;
    const { status } = await ask('POST', '/api/v1/audience/count', deep, json);
    expect(status).to.equal(422);
    expect((await ask('GET', '/api/v1/tags')).status).to.equal(200);
  });

  it('our own fault: a reference number, no stack, no secret', async () => {
    const secret = 'token-in-an-error';
    const broken = await startApp({
      deps: {
        simulator: {
          ...app.deps.simulator,
          state: async () => {
            throw new Error(secret);
          },
        },
      },
    });
    const asBroken = await broken.token('read');
    const { status, text, body } = await asBroken('GET', '/api/v1/simulator');
    expect(status).to.equal(500);
    expect(text).to.not.contain(secret).and.not.contain(' at ');
    const { requestId, detail } = body as { requestId: string; detail: string };
    expect(detail).to.contain(requestId);
    expect(broken.logged.some((line) => line.includes(requestId) && line.includes('http.unexpected'))).to.equal(true);
    await broken.stop();
  });
});

describe('a repeated POST with an Idempotency-Key', () => {
  let app: TestApp;
  let ask: Ask;
  before(async () => {
    app = await startApp();
    ask = await app.token('read', 'write');
  });
  after(() => app.stop());

  const create = (name: string, key: string) => ask('POST', '/api/v1/mailings', { name }, { 'idempotency-key': key });
  const count = async () => ((await ask('GET', '/api/v1/mailings')).body as { items: unknown[] }).items.length;

  it('is done once and answered alike', async () => {
    const [first, second] = [await create('Once', 'k1'), await create('Once', 'k1')];
    expect(second.status).to.equal(201);
    expect(second.text).to.equal(first.text);
    expect(await count()).to.equal(1);
  });

  it('is done once also when both arrive together', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => create('Together', 'k2')));
    expect(answers.filter(({ status }) => status === 201).length).to.be.at.least(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).to.equal(true);
    expect(await count()).to.equal(2);
  });

  it('is refused for another request, and forgotten when it was refused', async () => {
    expect((await create('Other', 'k1')).body).to.include({ code: 'idempotency_conflict', status: 409 });
    expect((await create('x'.repeat(121), 'k3')).status).to.equal(422);
    expect((await create('Mended', 'k3')).status).to.equal(201);
  });

  it('belongs to its sender: another token may use the same key', async () => {
    const other = await app.token('write');
    expect((await other('POST', '/api/v1/mailings', { name: 'Mine' }, { 'idempotency-key': 'k1' })).status).to.equal(
      201,
    );
  });
});
