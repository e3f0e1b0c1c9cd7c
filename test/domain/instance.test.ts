import { expect } from 'chai';
import { type Claim, confirmedId, doubt, type Doubt, firstId } from '../../src/domain/instance.ts';

const variable = (id: string): Claim => ({ from: 'variable', id });
const file = (id: string, { moved = false } = {}): Claim => ({
  from: 'file',
  id,
  inode: moved ? '8' : '7',
  writtenInode: '7',
});

describe('doubt', () => {
  const CASES: [string, Claim | null, Doubt | null][] = [
    ['nothing beside the configuration', null, 'no_file'],
    ['the file the database was named with', file('a'), null],
    ['the file of another installation', file('b'), 'other_file'],
    ['a copy of the right file', file('a', { moved: true }), 'copied_file'],
    ['a copy of a wrong file', file('b', { moved: true }), 'other_file'],
    ['the same variable on another machine', variable('a'), null],
    ['another variable', variable('b'), 'other_variable'],
  ];
  for (const [title, claim, expected] of CASES) {
    it(`${expected === null ? 'trusts' : 'asks about'} ${title}`, () => {
      expect(doubt('a', claim)).to.equal(expected);
    });
  }
});

describe('firstId', () => {
  const CASES: [string, Claim | null, string][] = [
    ['a new id where there is none', null, 'fresh'],
    ['the id of the file, which another database of this installation has', file('a'), 'a'],
    ['a new id in place of a copied one', file('a', { moved: true }), 'fresh'],
    ["the variable's id", variable('a'), 'a'],
  ];
  for (const [title, claim, expected] of CASES) {
    it(`takes ${title}`, () => {
      expect(firstId(claim, 'fresh')).to.equal(expected);
    });
  }
});

describe('confirmedId', () => {
  it('is a new one, so that the other copy no longer matches', () => {
    expect(confirmedId(file('a'), 'fresh')).to.equal('fresh');
    expect(confirmedId(null, 'fresh')).to.equal('fresh');
  });

  it('is that of the variable, which only the environment can change', () => {
    expect(confirmedId(variable('a'), 'fresh')).to.equal('a');
  });
});
