import { expect } from 'chai';
import { isPrivateAddress } from '../../channels/lib/addresses.ts';
import { CONNECTIONS_PER_ORIGIN, createHttpClient, type HttpClient, NoAnswer } from '../../channels/lib/http.ts';
import { sameSecret } from '../../channels/lib/secrets.ts';
import { freePort, until } from '../support/services.ts';
import { answerJson, type ScriptServer, startScriptServer } from '../support/script-server.ts';

describe('isPrivateAddress', () => {
  const table: [address: string, isPrivate: boolean][] = [
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['192.168.0.1', true],
    ['172.16.5.5', true],
    ['169.254.169.254', true],
    ['0.0.0.0', true],
    ['100.64.0.1', true],
    ['224.0.0.1', true],
    ['::1', true],
    ['fe80::1', true],
    ['fd00::1', true],
    ['::ffff:127.0.0.1', true],
    ['nonsense', true],
    ['149.154.167.220', false],
    ['2001:67c:4e8:f004::9', false],
  ];
  for (const [address, isPrivate] of table) {
    it(`${address} is ${isPrivate ? 'private' : 'public'}`, () =>
      expect(isPrivateAddress(address)).to.equal(isPrivate));
  }
});

describe('sameSecret', () => {
  it('is true for the same secret only, and never for an empty one', () => {
    expect(sameSecret('abc', 'abc')).to.equal(true);
    for (const given of ['abd', 'ab', 'abcd', '', undefined]) expect(sameSecret(given, 'abc')).to.equal(false);
    expect(sameSecret('', '')).to.equal(false);
  });
});

describe("the channels' HTTP client", () => {
  let server: ScriptServer;
  let client: HttpClient;
  before(async () => {
    server = await startScriptServer();
    client = createHttpClient({ allowPrivate: () => true });
  });
  after(async () => {
    await client.close();
    await server.close();
  });

  const failure = async (work: Promise<unknown>): Promise<NoAnswer> => {
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(NoAnswer);
    return error as NoAnswer;
  };

  it('answers with status and body, whatever the status', async () => {
    server.answer = answerJson(418, { a: 1 });
    const { status, body } = await client.request({ method: 'POST', url: `${server.origin}/x?y=1`, body: '{}' });
    expect([status, body.toString()]).to.deep.equal([418, '{"a":1}']);
    expect(server.asked.at(-1)).to.include({ method: 'POST', path: '/x?y=1', body: '{}' });
  });

  it('follows no redirect', async () => {
    server.answer = (_asked, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    };
    expect((await client.request({ method: 'GET', url: server.origin })).status).to.equal(302);
  });

  it('says that nothing was sent where nobody listens', async () => {
    const { sent, code } = await failure(
      client.request({ method: 'GET', url: `http://127.0.0.1:${await freePort()}` }),
    );
    expect([sent, code]).to.deep.equal([false, 'ECONNREFUSED']);
  });

  it('says that it may have been sent when the answer does not come in time', async () => {
    server.answer = () => undefined;
    const { sent, code } = await failure(client.request({ method: 'GET', url: server.origin, timeoutMs: 50 }));
    expect([sent, code]).to.deep.equal([true, 'UND_ERR_HEADERS_TIMEOUT']);
  });

  it('says after hanging up which calls had begun, and which still waited for a connection', async () => {
    server.answer = () => undefined;
    const hangUp = new AbortController();
    const leaving = createHttpClient({ allowPrivate: () => true, hangUp: hangUp.signal });
    const calls = Array.from({ length: CONNECTIONS_PER_ORIGIN + 3 }, () =>
      failure(leaving.request({ method: 'POST', url: server.origin, body: '{}' })),
    );
    const before = server.asked.length;
    await until('as many as may are under way', () => server.asked.length - before === CONNECTIONS_PER_ORIGIN);
    hangUp.abort();
    const sent = (await Promise.all(calls)).map((no) => no.sent);
    expect(sent).to.deep.equal(calls.map((_, index) => index < CONNECTIONS_PER_ORIGIN));
  });

  it('reads no more of an answer than it may', async () => {
    server.answer = (_asked, response) => {
      response.writeHead(200).end('x'.repeat(100_000));
    };
    expect((await failure(client.request({ method: 'GET', url: server.origin, maxBytes: 1000 }))).code).to.equal(
      'ANSWER_TOO_LARGE',
    );
  });

  it('never dials a private address, by number or by name, unless that is allowed', async () => {
    const guarded = createHttpClient({ allowPrivate: () => false });
    const { port } = new URL(server.origin);
    server.asked.length = 0;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433']) {
      const { sent, code } = await failure(guarded.request({ method: 'GET', url: `http://${host}:${port}/` }));
      expect([host, sent, code]).to.deep.equal([host, false, 'PRIVATE_ADDRESS']);
    }
    expect(server.asked).to.deep.equal([]);
    await guarded.close();
  });
});
