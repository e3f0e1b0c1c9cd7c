// What the previews group is what goes out together: the page's bubbles against the rule the renderers keep.
import { expect } from 'chai';
import fc from 'fast-check';
import { bubblesOf } from '../../admin/src/features/preview/bubbles.ts';
import { layout } from '../../src/domain/layout.ts';
import type { Button, Element, RichText } from '../../src/domain/message.ts';

const LIMITS = {
  captionLimit: 4,
  textUnit: 'characters',
  formatting: [],
  batch: { size: 1, identical: false },
} as const;

const anyText = fc.string({ unit: fc.constantFrom('a', 'é'), minLength: 1, maxLength: 8 });
const anyElement: fc.Arbitrary<Element> = fc.oneof(
  anyText.map((text): Element => ({ kind: 'text', text: [{ text }] })),
  fc.constant<Element>({ kind: 'image', source: 'media:abcd1234' }),
  anyText.map((label): Element => {
    const button: Button = { id: label, kind: 'message', label };
    return { kind: 'buttons', rows: [[button]] };
  }),
);

interface Shown {
  image: boolean;
  text: RichText;
  rows: unknown;
}

describe('bubblesOf', () => {
  it('makes one bubble of what goes out as one', () => {
    fc.assert(
      fc.property(fc.array(anyElement, { maxLength: 6 }), (elements) => {
        // Only buttons: nothing is sent, and the preview shows them all the same.
        fc.pre(elements.some(({ kind }) => kind !== 'buttons'));
        const sent = layout({ elements }, { ...LIMITS, batch: { ...LIMITS.batch, placeholder: null } }).map(
          (block): Shown => ({
            image: block.kind === 'image',
            text: block.kind === 'image' ? block.caption : block.text,
            rows: block.rows,
          }),
        );
        const shown = bubblesOf({ elements }, LIMITS).map(({ image, text, rows }): Shown => ({
          image: image !== null,
          text,
          rows,
        }));
        expect(shown).to.deep.equal(sent);
      }),
    );
  });
});
