// What a channel declares is plain data, agrees with itself and with its members, and is what the fixtures show.
import { expect } from 'chai';
import type { Channel, Inbound } from '../../src/domain/channel.ts';
import { capabilitiesSchema } from '../../src/http/api/bots.ts';
import { type ConformanceFixtures, NOW } from './fixtures.ts';

export function declareCapabilities(channel: Channel, { bot, requests, updates }: ConformanceFixtures): void {
  const { capabilities } = channel;
  const { elements, buttons, captionLimit, textLimit, rate, inbound, batch, window, receipts } = capabilities;

  it('declares values, in the shape the API promises', () => {
    expect(JSON.parse(JSON.stringify(capabilities))).to.deep.equal(capabilities);
    expect(capabilitiesSchema.safeParse(capabilities).error).to.equal(undefined);
  });

  it('declares what agrees with itself', () => {
    expect(elements).to.include('text');
    expect(buttons.kinds.length > 0, 'buttons').to.equal(elements.includes('buttons'));
    expect(buttons.perRow).to.be.at.most(buttons.max);
    expect(captionLimit).to.be.at.most(textLimit ?? Infinity);
    expect(batch.size, 'batch').to.be.at.least(batch.identical ? 2 : 1);
    if (batch.callKey) {
      expect(batch.size, 'a key for many').to.be.above(1);
      expect(capabilities.idempotent, 'a key by which repeats are dropped').to.equal(true);
      // The pace to hosts is each message's own, and would take a call apart.
      expect(channel.hosts, 'hosts').to.equal(undefined);
    }
    if (batch.placeholder !== null) expect(batch.identical, 'a place-holder serves identical payloads').to.equal(true);
    if (rate.bot !== null) expect(rate.mailing).to.be.at.most(rate.bot);
  });

  it('declares what agrees with its members', () => {
    expect(inbound.includes('polling'), 'polling and listen').to.equal(channel.listen !== undefined);
    expect(inbound.includes('webhook'), 'webhook and signed requests').to.equal(requests !== null);
    expect(window?.outside === 'template', 'window and renderTemplate').to.equal(channel.renderTemplate !== undefined);
    expect(channel.templates !== undefined, 'templates and renderTemplate').to.equal(
      channel.renderTemplate !== undefined,
    );
  });

  it('declares the receipts and presses that its updates show', () => {
    const kinds = new Set<Inbound['kind']>(
      updates.flatMap(({ update }) => channel.parse(update, bot, NOW).map(({ kind }) => kind)),
    );
    expect(kinds.has('delivered'), 'receipts.delivered').to.equal(receipts.delivered);
    // Where the messenger tells of no opening, a pixel in the message may.
    if (kinds.has('opened')) expect(receipts.opened, 'receipts.opened').to.equal(true);
    expect(kinds.has('pressed'), 'message buttons').to.equal(buttons.kinds.some((kind) => kind === 'message'));
  });
}
