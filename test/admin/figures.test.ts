// How the tiles of the mailing page fall into columns.
import { expect } from 'chai';
import { evenColumns } from '../../admin/src/pages/mailing/rates.ts';

describe('evenColumns', () => {
  const cases: [tiles: number, most: number, columns: number][] = [
    [7, 6, 4],
    [7, 7, 7],
    [6, 4, 3],
    [5, 4, 3],
    [3, 2, 2],
    [4, 7, 4],
    [1, 2, 1],
  ];
  for (const [tiles, most, columns] of cases) {
    it(`gives ${tiles} tiles of at most ${most} beside one another ${columns} columns`, () => {
      expect(evenColumns(tiles, most)).to.equal(columns);
    });
  }
});
