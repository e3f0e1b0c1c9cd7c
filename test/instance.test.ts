// Which installation a database belongs to, over real files: first starts, restarts, copies, several machines.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createLocalBus } from '../src/bus.ts';
import type { Instance } from '../src/domain/instance.ts';
import type { Problem } from '../src/domain/problem.ts';
import { createInstance } from '../src/instance.ts';
import { createLog } from '../src/log.ts';
import { beat } from '../src/store/senders.ts';
import { onEveryDatabase } from './support/databases.ts';
import { NOW } from './support/people.ts';

onEveryDatabase('createInstance', (db, kind) => {
  let root: string;
  let machines = 0;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'herald-instance-'));
    await db()('settings').where({ key: 'instance' }).delete();
    await db()('senders').delete();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A process with this data folder, or with a new one: another machine. */
  const process = ({ folder = join(root, `machine${(machines += 1)}`), id = null as string | null } = {}) => ({
    folder,
    instance: createInstance({
      config: { dataFolder: folder, instanceId: id },
      db: db(),
      bus: createLocalBus(),
      log: createLog('silent'),
      now: () => NOW,
    }),
  });
  const doubtOf = async (instance: Instance) => (await instance.state()).doubt;

  it('names a new database, and knows it again after a restart', async () => {
    const { instance, folder } = process();
    expect(await instance.isConfirmed()).to.equal(true);
    expect((await instance.state()).since).to.equal(NOW);
    expect(await process({ folder }).instance.isConfirmed()).to.equal(true);
  });

  it('agrees with the process that starts beside it at the same moment', async () => {
    const folder = join(root, 'shared');
    const [one, two] = [process({ folder }), process({ folder })];
    expect(await Promise.all([one.instance.isConfirmed(), two.instance.isConfirmed()])).to.deep.equal([true, true]);
    expect(await process({ folder }).instance.isConfirmed()).to.equal(true);
  });

  it('asks where the database comes without its file, with another, or with a copy of the folder', async () => {
    const first = process();
    await first.instance.isConfirmed();
    expect(await doubtOf(process().instance)).to.equal('no_file');

    const copy = join(root, 'copy');
    cpSync(first.folder, copy, { recursive: true });
    expect(await doubtOf(process({ folder: copy }).instance)).to.equal('copied_file');

    // The database of another day under the folder of this one.
    await db()('settings')
      .where({ key: 'instance' })
      .update({ value: JSON.stringify({ value: { id: 'x', since: 1, host: 'h' } }) });
    expect(await doubtOf(process({ folder: first.folder }).instance)).to.equal('other_file');
  });

  it('asks where the file says nothing', async () => {
    const { instance, folder } = process();
    await instance.isConfirmed();
    writeFileSync(join(folder, 'instance.id'), '');
    expect(await doubtOf(process({ folder }).instance)).to.equal('no_file');
  });

  it('writes nothing while it asks', async () => {
    const first = process();
    await first.instance.isConfirmed();
    const before = readFileSync(join(first.folder, 'instance.id'), 'utf8');
    const copy = join(root, 'copy');
    cpSync(first.folder, copy, { recursive: true });
    const stored = await db()('settings').where({ key: 'instance' }).first('value');
    await process({ folder: copy }).instance.state();
    expect(await db()('settings').where({ key: 'instance' }).first('value')).to.deep.equal(stored);
    expect(readFileSync(join(copy, 'instance.id'), 'utf8')).to.equal(before);
  });

  it('believes a person, and lets the other copy ask from then on', async () => {
    const first = process();
    await first.instance.isConfirmed();
    const { instance, folder } = process();
    await instance.isConfirmed();
    await instance.confirm();
    expect(await instance.isConfirmed()).to.equal(true);
    expect(await process({ folder }).instance.isConfirmed()).to.equal(true);
    expect(await doubtOf(first.instance)).to.equal('other_file');
  });

  it('tells the process beside it, which sees it at its next look', async () => {
    await process().instance.isConfirmed();
    const folder = join(root, 'moved');
    const [web, sender] = [process({ folder }), process({ folder })];
    expect(await sender.instance.isConfirmed()).to.equal(false);
    await web.instance.confirm();
    expect(await sender.instance.isConfirmed()).to.equal(true);
  });

  it('needs no file where all machines carry the same INSTANCE_ID, and asks on one that carries another', async () => {
    expect(await process({ id: 'shop' }).instance.isConfirmed()).to.equal(true);
    expect(await process({ id: 'shop' }).instance.isConfirmed()).to.equal(true);
    const staging = process({ id: 'staging' }).instance;
    expect(await doubtOf(staging)).to.equal('other_variable');
    await staging.confirm();
    expect(await staging.isConfirmed()).to.equal(true);
    expect(await doubtOf(process({ id: 'shop' }).instance)).to.equal('other_variable');
  });

  it('changes nothing when there is nothing to confirm', async () => {
    const { instance, folder } = process();
    await instance.isConfirmed();
    const before = readFileSync(join(folder, 'instance.id'), 'utf8');
    await instance.confirm();
    expect(readFileSync(join(folder, 'instance.id'), 'utf8')).to.equal(before);
  });

  it('names a folder that cannot be written', async () => {
    const folder = join(root, 'a-file');
    writeFileSync(folder, '');
    const problem = await process({ folder: join(folder, 'data') })
      .instance.isConfirmed()
      .catch((error: unknown) => error as Problem);
    expect(problem).to.include({ code: 'instance_file' });
  });

  it(
    kind === 'sqlite'
      ? 'takes a sender that is listed for its own past: the file serves one process'
      : 'refuses to be confirmed while another machine sends from this very database, and names it',
    async () => {
      await process().instance.isConfirmed();
      await beat(db(), { id: 'other', host: 'tower' });
      const { instance } = process();
      expect((await instance.state()).sendingElsewhere.map(({ host }) => host)).to.deep.equal(
        kind === 'sqlite' ? [] : ['tower'],
      );
      const answer = await instance.confirm().catch((error: unknown) => error as Problem);
      if (kind === 'sqlite') expect(await instance.isConfirmed()).to.equal(true);
      else expect(answer).to.deep.include({ code: 'instance_in_use', params: { host: 'tower' } });
    },
  );
});
