import { expect } from 'chai';
import { createChannels } from '../../channels/index.ts';

const channels = createChannels({
  readMedia: async () => null,
  mailbox: {} as never,
  allowPrivateAddresses: false,
  now: Date.now,
  translate: (_language, key) => key,
});
const written = (name: string, address: string): string | null => channels.get(name)!.addressOf!(address);

describe('addresses that are phone numbers, as files write them', () => {
  const FORMS = ['+1 (650) 555-1234', '0016505551234', '16505551234', '+1.650.555.1234', '+16505551234'];

  it('has them as webhooks and the centre name people', () => {
    for (const form of FORMS) {
      expect(written('sms', form), form).to.equal('+16505551234');
      expect(written('smpp', form), form).to.equal('+16505551234');
      expect(written('whatsapp', form), form).to.equal('16505551234');
    }
  });

  it('takes no number without its country, and no word', () => {
    for (const form of ['0501234567', '555', 'Ann', '', '+', 'ann@example.com', '1'.repeat(16)]) {
      expect(written('sms', form), form).to.equal(null);
      expect(written('whatsapp', form), form).to.equal(null);
    }
    expect(written('smpp', 'Ann')).to.equal(null);
  });

  it('leaves the id that a WhatsApp user has with a business as it is', () => {
    for (const id of ['US.13491208655302741918', 'US.ENT.11815799212886844830'])
      expect(written('whatsapp', id)).to.equal(id);
  });

  it('has a form that stays what it is', () => {
    for (const name of ['sms', 'smpp', 'whatsapp']) {
      const once = written(name, FORMS[0]!)!;
      expect(written(name, once), name).to.equal(once);
    }
  });
});
