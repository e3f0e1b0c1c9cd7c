import { expect } from 'chai';
import { WAIT_CODES } from '../../src/domain/waiting.ts';
import { timeInWords, waitInWords } from '../../src/http/wait-words.ts';
import { hasText, LANGUAGES } from '../../src/i18n.ts';

const NOW = Date.UTC(2026, 10, 22, 10, 0);
const words = { language: 'en', zone: 'Europe/Kyiv', now: NOW } as const;

describe('waitInWords', () => {
  it('has a sentence for every reason', () => {
    const missing = WAIT_CODES.filter((code) => !hasText(`server:waiting.${code}`));
    expect(missing).to.deep.equal([]);
  });

  it('fills every sentence in every language', () => {
    const params = { until: NOW + 60_000, bot: 'b1', name: 'Shop', channel: 'telegram' };
    for (const language of LANGUAGES)
      for (const code of WAIT_CODES) {
        const { text } = waitInWords({ code, params, since: NOW }, { ...words, language });
        expect(text, `${language} ${code}`).to.not.match(/{{|waiting\.|undefined/);
      }
  });

  it('names the bot, the messenger by its title, and the time by the given clock', () => {
    const say = (code: 'bot_paused' | 'platform_wait', params: object): string =>
      waitInWords({ code, params, since: NOW }, words).text;
    expect(say('bot_paused', { name: 'Shop' })).to.equal('Waiting: the bot Shop is paused.');
    expect(say('platform_wait', { channel: 'telegram', until: Date.UTC(2026, 10, 22, 16, 5) })).to.equal(
      'Telegram asked us to wait until 18:05.',
    );
  });

  it('adds the day to a time that is not today’s', () => {
    expect(timeInWords(Date.UTC(2026, 10, 23, 7, 0), words)).to.equal('09:00, 23 Nov');
  });
});
