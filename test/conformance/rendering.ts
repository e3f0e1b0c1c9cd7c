// What goes out, with random messages: within every declared limit, with every word and button, and purely.
import { expect } from 'chai';
import * as fc from 'fast-check';
import { plainRuns } from '../../channels/lib/plain.ts';
import type { Channel, Payload } from '../../src/domain/channel.ts';
import { fit } from '../../src/domain/fit.ts';
import { buttonsOf, type Message, plainText, type RichText } from '../../src/domain/message.ts';
import { measure } from '../../src/domain/split.ts';
import * as arbitrary from '../support/messages.ts';
import { type ConformanceFixtures, PUBLIC_LINKS } from './fixtures.ts';

export function declareRendering(channel: Channel, { inspect, marks = /(?!)/ }: ConformanceFixtures): void {
  const { capabilities } = channel;
  const fitted = arbitrary.message.map((message) => fit(message, capabilities).message);
  const chosen = fc.subarray((capabilities.choices ?? []).map(({ key }) => key));
  const renderOf = (message: Message, choices: readonly string[] = []): Payload[] =>
    channel.render(message, PUBLIC_LINKS, choices);

  it('renders payloads that never exceed a declared limit, whatever is chosen', () => {
    fc.assert(
      fc.property(fitted, chosen, (message, choices) => {
        const seen = renderOf(message, choices).map(inspect);
        for (const { text, caption, rows } of seen) {
          expect(measure(text, capabilities.textUnit), 'text').to.be.at.most(capabilities.textLimit ?? Infinity);
          expect(measure(caption, capabilities.textUnit), 'caption').to.be.at.most(capabilities.captionLimit);
          for (const row of rows) expect(row.length, 'row').to.be.within(1, capabilities.buttons.perRow);
          for (const label of rows.flat()) expect([...label].length, 'label').to.be.at.most(capabilities.buttons.label);
        }
        expect(seen.flatMap(({ rows }) => rows.flat()).length, 'buttons').to.be.at.most(capabilities.buttons.max);
      }),
      { numRuns: 50 },
    );
  });

  /** An address that stands bare in the text, where it cannot hide behind words, is the tracked one. */
  const wordsOf = (text: RichText): string =>
    capabilities.formatting.includes('link') ? plainText(text) : plainRuns(text, PUBLIC_LINKS);

  it('renders every word and every button, in order', () => {
    const bare = (text: string): string => text.replace(/\s+/g, '').replaceAll(new RegExp(marks, 'gu'), '');
    fc.assert(
      fc.property(fitted, (message) => {
        const seen = renderOf(message).map(inspect);
        const words = message.elements.flatMap((element) => (element.kind === 'text' ? [wordsOf(element.text)] : []));
        expect(bare(seen.map(({ text, caption }) => caption + text).join(''))).to.equal(bare(words.join('')));
        // Buttons with nothing to stand under are refused by `check`; what becomes of them here is the channel's affair.
        if (message.elements.every((element) => element.kind === 'buttons')) return;
        expect(seen.flatMap(({ targets }) => targets)).to.have.members(
          buttonsOf(message).map(({ id, kind }) => (kind === 'message' ? `token-${id}` : `https://go.example/r/${id}`)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('renders purely: the same message gives the same JSON, and is left as it was', () => {
    fc.assert(
      fc.property(fitted, (message) => {
        const before = JSON.stringify(message);
        const payloads = renderOf(message);
        expect(JSON.stringify(message)).to.equal(before);
        expect(renderOf(message)).to.deep.equal(payloads);
        expect(JSON.parse(JSON.stringify(payloads))).to.deep.equal(payloads);
      }),
      { numRuns: 20 },
    );
  });

  if (capabilities.buttons.kinds.includes('contact')) {
    it('renders a button that shares the phone number', () => {
      const text = { kind: 'text' as const, text: [{ text: 'May we call you?' }] };
      const button = { kind: 'contact' as const, id: 'call', label: 'Share' };
      expect(renderOf({ elements: [text, { kind: 'buttons', rows: [[button]] }] })).to.not.deep.equal(
        renderOf({ elements: [text] }),
      );
    });
  }

  const { renderTemplate } = channel;
  if (renderTemplate) {
    it('renders an approved template purely, with every parameter', () => {
      const word = fc.stringMatching(/^\p{L}{1,20}$/u);
      fc.assert(
        fc.property(fc.array(word, { maxLength: 5 }), (parameters) => {
          const template = { name: 'order_ready', language: 'en', parameters };
          const text = JSON.stringify(renderTemplate(template, PUBLIC_LINKS));
          expect(JSON.stringify(renderTemplate(template, PUBLIC_LINKS))).to.equal(text);
          for (const part of ['order_ready', ...parameters]) expect(text).to.include(part);
        }),
        { numRuns: 20 },
      );
    });
  }
}
