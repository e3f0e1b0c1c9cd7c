import { expect } from 'chai';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalBus } from '../../src/bus.ts';
import type { Channel } from '../../src/domain/channel.ts';
import { Problem } from '../../src/domain/problem.ts';
import {
  checkImport,
  createImport,
  type ImportDeps,
  importInfo,
  type ImportInfo,
  type ImportOptions,
  resumeImports,
  runImport,
  stopImport,
} from '../../src/inbound/import.ts';
import { importErrorsCsv } from '../../src/inbound/import-report.ts';
import { createLog } from '../../src/log.ts';
import { insertAttribute } from '../../src/store/attributes.ts';
import type { Bot } from '../../src/store/bots.ts';
import { getImport, type ImportFault, pageOfImportErrors } from '../../src/store/imports.ts';
import { type DatabaseKind, onEveryDatabase } from '../support/databases.ts';
import { HEADER, writeCsv } from '../support/csv.ts';
import { aBot, aPerson, NOW } from '../support/people.ts';
import { until } from '../support/services.ts';

const ROWS = { sqlite: 100_000, mariadb: 5000 } as const satisfies Record<DatabaseKind, number>;

/** A messenger that names people by the digits of their phones. */
const PHONES = {
  name: 'phones',
  addressOf: (written: string) => (/^[+\d -]+$/.test(written) ? written.replace(/\D/g, '') : null),
} as unknown as Channel;

onEveryDatabase('the import of people', (db, kind) => {
  let folder: string;
  let deps: ImportDeps;
  let bot: Bot;
  const options = (mapping: Record<string, string>, more: Partial<ImportOptions> = {}): ImportOptions => ({
    mapping,
    bot: null,
    tags: [],
    consent: true,
    ...more,
  });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'herald-import-'));
    deps = {
      db: db(),
      dataFolder: folder,
      channels: new Map([['phones', PHONES]]),
      bus: createLocalBus(),
      log: createLog('silent'),
      now: () => NOW,
    };
    bot = await aBot(db());
    for (const [key, type] of [
      ['city', 'text'],
      ['age', 'number'],
      ['vip', 'boolean'],
      ['born', 'date'],
    ] as const) {
      await insertAttribute(db(), { key, name: key, type, choices: [] }, NOW);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const upload = (text: string | Buffer): Promise<ImportInfo> => {
    const path = join(folder, 'upload.csv');
    writeFileSync(path, text);
    return createImport(deps, { name: 'people.csv', path, staffId: null });
  };
  const ended = async (id: string): Promise<ImportInfo> => {
    await until(
      'the import to end',
      async () => !['checking', 'running'].includes((await importInfo(db(), id))!.state),
      60_000,
    );
    return (await importInfo(db(), id))!;
  };
  const faultsOf = async (id: string): Promise<ImportFault[]> => {
    const { id: importId } = (await getImport(db(), id))!;
    const faults: ImportFault[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof pageOfImportErrors>> = await pageOfImportErrors(db(), importId, {
        limit: 1000,
        ...(cursor ? { cursor } : {}),
      });
      faults.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return faults;
  };
  const people = async (): Promise<number> => Number((await db()('subscribers').count({ n: '*' }))[0]!.n);
  const refusal = async (text: string | Buffer): Promise<string> => {
    const error: unknown = await upload(text).catch((reason: unknown) => reason);
    return error instanceof Problem ? error.code : String(error);
  };

  it('names every bad row of a big file and loses no good one', async () => {
    const path = join(folder, 'big.csv');
    const written = await writeCsv(path, ROWS[kind], 997);
    const { id, mapping, totalRows, columns } = await createImport(deps, { name: 'big.csv', path, staffId: null });
    expect(columns).to.deep.equal(HEADER.split(','));
    expect(totalRows).to.equal(ROWS[kind]);
    expect(mapping).to.deep.equal({
      'First name': 'first_name',
      'Last name': 'last_name',
      'E-mail': 'email',
      Phone: 'phone',
      Language: 'locale',
      Tags: 'tags',
      City: 'attribute.city',
      Age: 'attribute.age',
      Vip: 'attribute.vip',
      Born: 'attribute.born',
    });
    expect(existsSync(path)).to.equal(false);

    const before = await people();
    await checkImport(deps, id, options(mapping));
    expect(await ended(id)).to.include({
      state: 'checked',
      readRows: totalRows,
      added: written.good,
      updated: 0,
      bad: written.bad.size,
    });
    expect(await people()).to.equal(before);

    await runImport(deps, id, options(mapping, { tags: ['imported'] }));
    expect(await ended(id)).to.include({
      state: 'done',
      readRows: totalRows,
      added: written.good,
      updated: 0,
      bad: written.bad.size,
    });
    expect(await people()).to.equal(before + written.good);

    const faults = await faultsOf(id);
    expect(faults.map((fault) => fault.row)).to.deep.equal([...written.bad.keys()]);
    for (const fault of faults) {
      const expected = written.bad.get(fault.row)!;
      expect(fault).to.include({ field: expected.field, code: expected.code });
      if (expected.value !== undefined) expect(fault.value).to.equal(expected.value);
    }
    const last = await db()('subscribers')
      .where({ email: `person${written.good - 1}@example.com` })
      .first();
    expect(last).to.include({ phone: `+38050${String(written.good - 1).padStart(7, '0')}` });
    const quoted = await db()('subscribers').where({ email: 'person88@example.com' }).first();
    expect(quoted).to.include({ first_name: 'Anna "Ann"', last_name: 'de la\nCruz', locale: 'uk' });
    expect(typeof quoted.attributes === 'string' ? JSON.parse(quoted.attributes) : quoted.attributes).to.deep.equal({
      city: 'Ciudad de México',
      age: 46,
      vip: true,
      born: '1988-08-18',
    });
    expect(
      await db()('subscriber_tags as st')
        .join('tags as t', 't.id', 'st.tag_id')
        .where({ subscriber_id: quoted.id })
        .orderBy('name')
        .pluck('name'),
    ).to.deep.equal(['coffee', 'imported', 'tea']);
  });

  it('updates who is known, joins rows of one person, and reopens no closed connection', async () => {
    const known = await aPerson(db(), {
      email: 'maria@example.com',
      firstName: 'Maria',
      connections: [{ bot, status: 'blocked', address: '77' }],
    });
    await db()('subscribers').where({ id: known.id }).update({ external_key: 'K1' });
    const { id } = await upload(
      'chat;key;name;mail;state;since\n77;;Maria Novak;;active;\n;K1;;new@example.com;;\n78;K2;Li Wei;;;22.11.2026\n78;;;li@example.com;unsubscribed;\n79;K1;Eve;;;\n',
    );
    const mapping = {
      chat: 'address',
      key: 'external_key',
      name: 'name',
      mail: 'email',
      state: 'status',
      since: 'subscribed_at',
    };
    await runImport(deps, id, options(mapping, { bot: bot.publicId }));
    expect(await ended(id)).to.include({ state: 'done', added: 1, updated: 4, bad: 0 });
    expect(await db()('subscribers').where({ id: known.id }).first()).to.include({
      last_name: 'Novak',
      first_name: 'Eve',
      email: 'new@example.com',
    });
    expect(await db()('connections').where({ external_id: '77' }).first()).to.include({ status: 'blocked' });
    expect(await db()('connections').where({ external_id: '78' }).first()).to.include({
      status: 'unsubscribed',
      subscribed_at: Date.UTC(2026, 10, 22),
    });
    const li = await db()('subscribers').where({ external_key: 'K2' }).first();
    expect(li).to.include({
      first_name: 'Li',
      last_name: 'Wei',
      email: 'li@example.com',
      search_text: 'li wei li@example.com',
    });
    expect(li.main_connection_id).to.be.a('number');
  });

  it('knows people at a bot by the form in which its messenger names them, however the file writes it', async () => {
    const phones = await aBot(db(), { channel: 'phones' });
    const known = await aPerson(db(), {
      connections: [{ bot: phones, status: 'unsubscribed', address: '16505551234' }],
    });
    const { id } = await upload('to,name\n+1 650 555-1234,Ann\n1-650-555-9999,Bo\nnobody,Cy\n');
    await runImport(deps, id, options({ to: 'address', name: 'first_name' }, { bot: phones.publicId }));
    expect(await ended(id)).to.include({ state: 'done', added: 1, updated: 1, bad: 1 });
    expect(
      await db()('connections').where({ bot_id: phones.id }).orderBy('external_id').pluck('external_id'),
    ).to.deep.equal(['16505551234', '16505559999']);
    expect(await db()('connections').where({ subscriber_id: known.id }).first()).to.include({ status: 'unsubscribed' });
    expect(await faultsOf(id)).to.deep.equal([{ row: 4, field: 'to', code: 'bad_address', value: 'nobody' }]);
  });

  it('refuses a row whose keys belong to two people', async () => {
    await aPerson(db(), { firstName: 'One', connections: [{ bot, address: '91' }] });
    const other = await aPerson(db(), { firstName: 'Two' });
    await db()('subscribers').where({ id: other.id }).update({ external_key: 'K91' });
    const { id } = await upload('chat,key\n91,K91\n');
    await runImport(deps, id, options({ chat: 'address', key: 'external_key' }, { bot: bot.publicId }));
    expect(await ended(id)).to.include({ added: 0, updated: 0, bad: 1 });
    expect(await faultsOf(id)).to.deep.equal([{ row: 2, field: 'external_key', code: 'row_conflict', value: 'K91' }]);
  });

  it('goes on where a stopped import was, and counts nobody twice', async () => {
    const path = join(folder, 'stop.csv');
    writeFileSync(path, `email\n${Array.from({ length: 3000 }, (_, index) => `stop${index}@example.com`).join('\n')}`);
    const { id } = await createImport(deps, { name: 'stop.csv', path, staffId: null });
    const end = deps.bus.subscribe('live', () => {
      end();
      void stopImport(deps, id);
    });
    await runImport(deps, id, options({ email: 'email' }));
    const stopped = await ended(id);
    expect(stopped.state).to.equal('stopped');
    expect(stopped.readRows).to.be.within(500, 2500);
    await runImport(deps, id, options({ email: 'email' }));
    expect(await ended(id)).to.include({ state: 'done', readRows: 3000, added: 3000, updated: 0 });
  });

  it('continues after the process ended in the middle', async () => {
    const path = join(folder, 'crash.csv');
    writeFileSync(path, `email\n${Array.from({ length: 2000 }, (_, index) => `crash${index}@example.com`).join('\n')}`);
    const { id } = await createImport(deps, { name: 'crash.csv', path, staffId: null });
    const ending = new AbortController();
    const end = deps.bus.subscribe('live', () => {
      end();
      ending.abort();
    });
    await runImport({ ...deps, signal: ending.signal }, id, options({ email: 'email' }));
    await until('the process to leave', () => ending.signal.aborted);
    expect((await importInfo(db(), id))!.state).to.equal('running');
    await resumeImports(deps);
    expect(await ended(id)).to.include({ state: 'done', readRows: 2000, added: 2000 });
  });

  it('refuses what is no CSV file and says why', async () => {
    expect(await refusal('')).to.equal('import_empty');
    expect(await refusal(Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1, 2]))).to.equal('import_spreadsheet');
    expect(await refusal(Buffer.from([1, 2, 0, 4, 5, 10, 7, 0]))).to.equal('import_binary');
    expect(await refusal(Buffer.from('\ufeffname,email\nx,y', 'utf16le'))).to.equal('import_encoding');
    expect(await refusal(Buffer.from('email,name\na@b.com,\xc0\xed\xed\xe0\n', 'latin1'))).to.equal('import_encoding');
    expect(await refusal('anna@example.com,Anna\nbob@example.com,Bob\n')).to.equal('import_no_header');
    expect(await refusal('email,name\n')).to.equal('import_no_rows');
    expect(await refusal('"email,name\nanna@example.com,Anna\n')).to.equal('import_header_quotes');
  });

  it('finds the delimiter and keeps equal column names apart', async () => {
    expect(await upload('a;b;a\n1,5;2;3\n')).to.deep.include({
      delimiter: ';',
      columns: ['a', 'b', 'a #3'],
      sample: [['1,5', '2', '3']],
    });
    expect(await upload('a\tb\n1\t2\n')).to.include({ delimiter: '\t' });
    expect(await upload('a|b\n1|2\n')).to.include({ delimiter: '|' });
    expect(await upload('email\nx@example.com\n')).to.include({ delimiter: ',', totalRows: 1 });
  });

  it('names a bad mapping by column', async () => {
    const { id } = await upload('a,b,c\n1,2,3\n');
    const fault = async (more: ImportOptions): Promise<string[]> => {
      const error = await runImport(deps, id, more).catch((reason: unknown) => reason as Problem);
      return (error as Problem).fields.map((field) => `${field.path} ${field.code}`);
    };
    expect(await fault(options({ a: 'email' }, { consent: false }))).to.deep.equal(['consent import_consent']);
    expect(await fault(options({ a: 'ignore' }))).to.deep.equal(['mapping import_no_identity']);
    expect(await fault(options({ a: 'email', b: 'email', c: 'attribute.nope', d: 'name' }))).to.deep.equal([
      'mapping.b import_target_twice',
      'mapping.c import_target',
      'mapping.d import_column',
    ]);
    expect(await fault(options({ a: 'address' }))).to.deep.equal(['bot import_bot_needed']);
    expect(await fault(options({ a: 'address' }, { bot: 'nobot123' }))).to.deep.equal(['bot bot_unknown']);
  });

  it('gives the bad rows as a file that a spreadsheet may open', async () => {
    const { id } = await upload('email,name\n=1+1,x\n');
    await checkImport(deps, id, options({ email: 'email' }));
    await ended(id);
    let text = '';
    for await (const part of importErrorsCsv(
      db(),
      (await getImport(db(), id))!.id,
      ['Row', 'Column', 'Problem', 'Value'],
      (fault) => fault.code,
    ))
      text += part;
    expect(text).to.equal("\ufeffRow,Column,Problem,Value\n2,email,bad_email,'=1+1\n");
  });
});
