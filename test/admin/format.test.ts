// Numbers, money, times and addresses of the admin page.
import { expect } from 'chai';
import { shapeProblem } from '../../admin/src/pages/bots/credentials.ts';
import { readRecipients, writeRecipients } from '../../admin/src/pages/mailing/recipients-view.ts';
import { readView, writeView } from '../../admin/src/pages/mailings/url-state.ts';
import {
  DASH,
  formatDuration,
  formatMoney,
  formatRevenue,
  formatShare,
  formatMoment,
  formatTime,
  formatUsername,
  zoneCity,
} from '../../admin/src/ui/format.ts';
import { passwordStrength } from '../../admin/src/ui/password-strength.ts';

describe('formats of the admin page', () => {
  it('names a share only where there is something to share', () => {
    expect(formatShare(24, 100, 'en')).to.equal('24%');
    expect(formatShare(5, 100, 'en')).to.equal('5%');
    expect(formatShare(1, 300, 'en')).to.equal('0.3%');
    expect(formatShare(599, 600, 'en')).to.equal('99.8%');
    expect(formatShare(99_999, 100_000, 'en')).to.equal('99.9%');
    expect(formatShare(600, 600, 'en')).to.equal('100%');
    expect(formatShare(0, 0, 'en')).to.equal(DASH);
    expect(formatShare(null, 100, 'en')).to.equal(DASH);
  });

  it('writes a handle with its @, numbers and addresses as they are', () => {
    expect(['herald_bot', 'shop.kestrel', '+15005550001', 'shop1@herald.example'].map(formatUsername)).to.deep.equal([
      '@herald_bot',
      '@shop.kestrel',
      '+15005550001',
      'shop1@herald.example',
    ]);
  });

  it('writes money with the decimals of its currency', () => {
    expect(formatMoney(1250, 'USD', 'en')).to.equal('$12.50');
    expect(formatMoney(1250, 'JPY', 'en')).to.equal('¥1,250');
    expect(formatRevenue({ USD: 100, EUR: 2000 }, 'en')).to.equal('€20.00 + $1.00');
  });

  it('writes a time on the clock of its zone, without what is plain from today', () => {
    const at = Date.UTC(2026, 10, 22, 17, 0);
    const time = (now: number): string => formatTime(at, 'Europe/Berlin', 'en', now).replaceAll('\u202f', ' ');
    expect(time(at)).to.equal('6:00 PM');
    expect(time(at + 86_400_000))
      .to.contain('Nov 22')
      .and.not.contain('2026');
    expect(time(at + 100 * 86_400_000)).to.contain('2026');
    expect(zoneCity('America/New_York')).to.equal('New York');
    expect(zoneCity('Europe/Kiev')).to.equal('Kyiv');
  });

  it('says the day of a moment, in a word where there is one', () => {
    const at = Date.UTC(2026, 10, 22, 17);
    const moment = (days: number, language: string): string =>
      formatMoment(at, 'Europe/Berlin', language, at + days * 86_400_000).replaceAll('\u202f', ' ');
    expect(moment(0, 'en')).to.equal('today, 6:00 PM');
    expect(moment(1, 'uk')).to.equal('учора, 18:00');
    expect(moment(-1, 'es')).to.equal('mañana, 18:00');
    expect(moment(3, 'en')).to.contain('Nov 22');
  });

  it('writes a length of time in its two largest units', () => {
    expect([0.2, 59, 480, 4800, 7200].map((seconds) => formatDuration(seconds, 'en'))).to.deep.equal([
      '1 sec',
      '59 sec',
      '8 min',
      '1 hr 20 min',
      '2 hr',
    ]);
  });
});

describe('addresses of the admin page', () => {
  it('say only what is not the default, and survive nonsense', () => {
    expect(writeView(readView({ tab: 'sent', search: ' spring ' }))).to.deep.equal({ tab: 'sent', search: 'spring' });
    expect(readView({ tab: 'nonsense' })).to.deep.equal({ tab: 'all', search: '' });
    expect(writeView({ tab: 'all', search: '' })).to.deep.equal({ tab: undefined, search: undefined });
  });

  it('drop a reason without its state', () => {
    expect(readRecipients({ reason: 'blocked' }).reason).to.equal(null);
    expect(writeRecipients({ state: null, reason: 'blocked', search: '' }).reason).to.equal(undefined);
    expect(readRecipients({ state: 'failed', reason: 'blocked' })).to.deep.equal({
      state: 'failed',
      reason: 'blocked',
      search: '',
    });
  });
});

describe('checks of forms', () => {
  it('tell a missing credential from a misshapen one', () => {
    const field = {
      key: 'token',
      secret: true,
      required: true,
      pattern: '^\\d+:[\\w-]{35}$',
      label: 'Token',
      help: '',
      shape: '',
    };
    expect(shapeProblem(field, ' ')).to.equal('missing');
    expect(shapeProblem(field, '123')).to.equal('shape');
    expect(shapeProblem(field, `123:${'a'.repeat(35)} `)).to.equal(null);
  });

  it('rate a password by length before anything else', () => {
    expect(passwordStrength('short')).to.equal(0);
    expect(passwordStrength('aaaaaaaaaaaaaaaa')).to.equal(1);
    expect(passwordStrength('correct horse battery staple')).to.equal(4);
  });
});
