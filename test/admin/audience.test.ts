// The filter panel's pure part: the saved filter and the tree of groups and rules.
import { expect } from 'chai';
import fc from 'fast-check';
import { filterToGroup, groupToFilter, isUnfiltered, matchesEveryone } from '../../admin/src/features/audience/tree.ts';
import type { Filter } from '../../admin/src/features/shapes.ts';
import { ACTIVE_ONLY } from '../../admin/src/features/shapes.ts';

const anyCondition = fc.record({
  field: fc.constantFrom('locale', 'attribute.city'),
  operator: fc.constantFrom('is', 'is_not'),
  value: fc.constantFrom('en', 'uk'),
});
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    anyCondition,
    fc.record({ all: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
}));

/** The filter's truth for a person, to compare meanings rather than shapes. */
function holds(filter: Filter, person: Record<string, string>): boolean {
  if ('all' in filter) return filter.all.every((part) => holds(part, person));
  if ('any' in filter) return filter.any.some((part) => holds(part, person));
  if ('not' in filter) return !holds(filter.not, person);
  return (person[filter.field] === filter.value) === (filter.operator === 'is');
}

describe('filterToGroup and groupToFilter', () => {
  it('keep the meaning of every filter', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const back = groupToFilter(filterToGroup(filter));
        for (const locale of ['en', 'uk']) {
          for (const city of ['en', 'uk']) {
            const person = { locale, 'attribute.city': city };
            expect(holds(back, person)).to.equal(holds(filter, person));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leave out what is not finished', () => {
    const filter = groupToFilter({
      combinator: 'all',
      rules: [
        { ...ACTIVE_ONLY, value: 'active' },
        { field: 'locale', operator: 'is', value: '' },
        { field: 'tag', operator: 'any_of', value: [] },
        { combinator: 'any', rules: [{ field: 'locale', operator: 'is', value: ' ' }] },
        { field: 'email', operator: 'is_empty', value: '' },
      ],
    });
    expect(filter).to.deep.equal({ all: [ACTIVE_ONLY, { field: 'email', operator: 'is_empty' }] });
  });
});

describe('matchesEveryone', () => {
  const cities = (combinator: 'all' | 'any', operator: string) => ({
    combinator,
    rules: ['Oslo', 'Rome'].map((value) => ({ field: 'attribute.city', operator, value })),
  });

  it('warns of "is not A or is not B" and of nothing else', () => {
    expect(matchesEveryone(cities('any', 'is_not'))).to.equal(true);
    expect(matchesEveryone(cities('all', 'is_not'))).to.equal(false);
    expect(matchesEveryone(cities('any', 'is'))).to.equal(false);
    expect(matchesEveryone({ combinator: 'all', rules: [cities('any', 'is_not')] })).to.equal(true);
  });
});

describe('isUnfiltered', () => {
  it('is true only while nothing but the status is asked', () => {
    expect(isUnfiltered({ all: [ACTIVE_ONLY] })).to.equal(true);
    expect(isUnfiltered({ all: [] })).to.equal(true);
    expect(isUnfiltered({ all: [ACTIVE_ONLY, { field: 'tag', operator: 'has', value: 'vip' }] })).to.equal(false);
  });
});
