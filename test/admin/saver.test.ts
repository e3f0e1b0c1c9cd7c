// The wizard's autosave.
import { expect } from 'chai';
import sinon from 'sinon';
import type { SaveFailure, SaveState } from '../../admin/src/pages/wizard/saver.ts';
import { createSaver, SAVE_AFTER_MS } from '../../admin/src/pages/wizard/saver.ts';
import type { MailingPatch } from '../../src/http/api/mailings.ts';

class Failure extends Error {
  readonly failure: SaveFailure;
  constructor(failure: SaveFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** A server whose answers the test gives one by one. */
function setUp(held = false) {
  const requests: { patch: MailingPatch; answer: (version: number) => void; fail: (failure: SaveFailure) => void }[] =
    [];
  const states: SaveState['kind'][] = [];
  const kept: unknown[] = [];
  const saver = createSaver({
    version: 1,
    held,
    save: (patch) =>
      new Promise((resolve, reject) => {
        requests.push({
          patch,
          answer: (version) => resolve({ version }),
          fail: (failure) => reject(new Failure(failure)),
        });
      }),
    explain: (error) => (error as Failure).failure,
    onState: (state) => states.push(state.kind),
    keep: (unsaved) => kept.push(unsaved),
    now: () => 0,
  });
  return { saver, requests, states, kept };
}

describe('createSaver', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers();
  });
  afterEach(() => clock.restore());

  it('saves once, some time after the last change', async () => {
    const { saver, requests, states } = setUp();
    saver.change({ name: 'S' });
    await clock.tickAsync(SAVE_AFTER_MS - 1);
    saver.change({ name: 'Spring' });
    await clock.tickAsync(SAVE_AFTER_MS - 1);
    expect(requests).to.have.length(0);
    await clock.tickAsync(1);
    expect(requests.map((request) => request.patch)).to.deep.equal([{ name: 'Spring', version: 1 }]);
    requests[0]?.answer(2);
    await clock.tickAsync(0);
    expect(states.at(-1)).to.equal('saved');
    expect(saver.version()).to.equal(2);
  });

  it('keeps what is typed while a save is under way for the next one, with the new version', async () => {
    const { saver, requests } = setUp();
    saver.change({ name: 'Spring' });
    await clock.tickAsync(SAVE_AFTER_MS);
    saver.change({ name: 'Spring tasting' });
    requests[0]?.answer(2);
    await clock.tickAsync(SAVE_AFTER_MS);
    expect(requests[1]?.patch).to.deep.equal({ name: 'Spring tasting', version: 2 });
  });

  it('loses nothing while the server is away, and tries again by itself', async () => {
    const { saver, requests, states, kept } = setUp();
    saver.change({ name: 'Spring' });
    await clock.tickAsync(SAVE_AFTER_MS);
    requests[0]?.fail({ kind: 'passing' });
    await clock.tickAsync(0);
    expect(states.at(-1)).to.equal('retrying');
    expect(kept.at(-1)).to.deep.equal({ version: 1, changes: { name: 'Spring' } });
    await clock.tickAsync(2000);
    expect(requests[1]?.patch).to.deep.equal({ name: 'Spring', version: 1 });
    requests[1]?.answer(2);
    await clock.tickAsync(0);
    expect(kept.at(-1)).to.equal(null);
  });

  it('saves nothing that is held until it is told to, and asks nobody again by itself', async () => {
    const { saver, requests, states, kept } = setUp(true);
    saver.change({ name: 'Spring' });
    await clock.tickAsync(60_000);
    expect(requests).to.have.length(0);
    expect(states).to.deep.equal(['held']);
    expect(saver.isSaved()).to.equal(false);
    expect(kept.at(-1)).to.deep.equal({ version: 1, changes: { name: 'Spring' } });
    const first = saver.flush();
    requests[0]?.fail({ kind: 'passing' });
    expect(await first).to.equal(false);
    await clock.tickAsync(60_000);
    expect(requests).to.have.length(1);
    const second = saver.flush();
    requests[1]?.answer(2);
    expect(await second).to.equal(true);
    expect(states.at(-1)).to.equal('saved');
  });

  it('stops at a conflict and never overwrites', async () => {
    const { saver, requests, states } = setUp();
    saver.change({ name: 'Mine' });
    await clock.tickAsync(SAVE_AFTER_MS);
    requests[0]?.fail({ kind: 'conflict' });
    await clock.tickAsync(0);
    saver.change({ name: 'Mine still' });
    await clock.tickAsync(60_000);
    expect(requests).to.have.length(1);
    expect(states.at(-1)).to.equal('conflict');
    expect(await saver.flush()).to.equal(false);
  });

  it('flushes at once and says whether all is saved', async () => {
    const { saver, requests } = setUp();
    saver.change({ name: 'Spring' });
    const flushed = saver.flush();
    requests[0]?.answer(2);
    expect(await flushed).to.equal(true);
  });
});
