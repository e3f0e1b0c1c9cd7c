import { expect } from 'chai';
import { AHEAD_MS, createHostPace, type HostPace } from '../../src/outbound/host-pace.ts';

const NOW = 1_000_000;
const hostOf = (address: string): string => address.split('@')[1] ?? '';

describe('the pace to hosts', () => {
  let pace: HostPace;
  let share: number;
  beforeEach(() => {
    share = 1;
    pace = createHostPace(
      hostOf,
      (host) => (host === 'slow' ? 1 : 10),
      () => share,
    );
  });
  const when = (address: string, now = NOW): number => (pace.turn({}, address, now)?.at ?? now) - NOW;

  it('gives each message a time of its own, and the hosts nothing of one another', () => {
    expect(['a@x', 'b@x', 'c@x', 'd@slow', 'e@slow'].map((address) => when(address))).to.deep.equal([
      0, 100, 200, 0, 1000,
    ]);
    share = 0.5;
    expect([when('f@x'), when('g@x')]).to.deep.equal([300, 500]);
  });

  it('keeps the time of a message that asks again, unless it comes too late for it', () => {
    const [first, second] = [{}, {}];
    pace.turn(first, 'a@x', NOW);
    expect(pace.turn(second, 'b@x', NOW)).to.deep.equal({ at: NOW + 100, reserved: true });
    expect(pace.turn(second, 'b@x', NOW + 50)).to.deep.equal({ at: NOW + 100, reserved: true });
    expect(pace.turn(second, 'b@x', NOW + 100)).to.equal(null);
    // Ten that were held up together do not go together.
    const late = Array.from({ length: 10 }, () => ({}));
    for (const message of late) pace.turn(message, 'c@x', NOW + 100);
    const again = late.map((message) => pace.turn(message, 'c@x', NOW + 5000)?.at ?? NOW + 5000);
    expect(again).to.deep.equal(late.map((_message, index) => NOW + 5000 + index * 100));
  });

  it('gives times away for a while ahead only, and tells the others about when to ask again', () => {
    const most = AHEAD_MS / 1000 + 1;
    const turns = Array.from({ length: most + 3 }, () => pace.turn({}, 'a@slow', NOW));
    expect(turns.filter((turn) => turn === null || turn.reserved)).to.have.length(most);
    expect(turns.slice(most).map((turn) => turn && turn.at - NOW)).to.deep.equal([62_000, 63_000, 64_000]);
  });

  it('lets nothing go to a host that asked for a pause, and goes on at the pace after it', () => {
    const waiting = {};
    pace.turn({}, 'a@x', NOW);
    pace.turn(waiting, 'b@x', NOW);
    pace.close('c@x', NOW + 9000, NOW);
    expect(pace.turn(waiting, 'b@x', NOW + 100)).to.deep.equal({ at: NOW + 9000, reserved: false });
    expect(pace.closedUntil('b@x')).to.equal(NOW + 9000);
    expect(pace.closed(NOW)).to.deep.equal({ host: 'x', until: NOW + 9000 });
    expect(when('d@slow')).to.equal(0);
    expect([when('e@x', NOW + 9000), when('f@x', NOW + 9000)]).to.deep.equal([9000, 9100]);
    expect(pace.closed(NOW + 9000)).to.equal(null);
  });
});
