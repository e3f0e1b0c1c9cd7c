// The colours a channel declares for its previews can be read: WCAG 2.2 AA asks 4.5 to 1 of text.
import { expect } from 'chai';
import { createChannels } from '../../channels/index.ts';

const LEAST = 4.5;
const HEX = /^#[0-9a-f]{6}$/i;

const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    channel(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS = [
  ['text', 'bubble'],
  ['dim', 'bubble'],
  ['link', 'bubble'],
  ['label', 'button'],
] as const;

describe('the looks of messengers', () => {
  const channels = createChannels({
    readMedia: async () => null,
    mailbox: {} as never,
    allowPrivateAddresses: false,
    now: Date.now,
    translate: (_language, key) => key,
  });

  for (const { name, capabilities, badge } of channels.values()) {
    it(`of ${name} can be read in the light and in the dark`, () => {
      for (const scheme of ['light', 'dark'] as const) {
        const colors = capabilities.look?.[scheme];
        // Below a letter its small print stands on the page.
        const pairs = capabilities.look?.frame === 'letter' ? [...PAIRS, ['dim', 'page'] as const] : PAIRS;
        for (const [text, ground] of pairs) {
          if (!colors || !HEX.test(colors[ground])) continue;
          expect(contrast(colors[text], colors[ground]), `${scheme}: ${text} on ${ground}`).to.be.at.least(LEAST);
        }
      }
    });

    it(`of ${name} has a mark that white reads well on`, () => {
      expect(badge, 'a badge').not.to.equal(undefined);
      // A drawing needs 3 to 1.
      expect(contrast(badge?.color ?? '#ffffff', '#ffffff')).to.be.at.least(3);
    });
  }
});
