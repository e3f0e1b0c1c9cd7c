// Mail hosts: the domains that one company's servers take letters for, and how many a second a bot may offer one. Pure.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { domainOf } from './settings.ts';

/** 36,000 an hour: little for one's own relay, and no burst for anybody. */
const RATE = 10;

/** Large hosts count what comes to all their domains together. Domains that companies keep there cannot be told by their names. */
const FAMILIES: readonly [of: RegExp, host: string][] = [
  [/^(gmail|googlemail)\.com$/, 'gmail.com'],
  [/^((outlook|hotmail|live)\.(com|co)(\.\w\w)?|(outlook|hotmail|live)\.\w\w|msn\.com)$/, 'outlook.com'],
  // Yahoo Japan is another company.
  [/^(yahoo\.(?!co\.jp$).+|ymail\.com|rocketmail\.com|aol\.com)$/, 'yahoo.com'],
  [/^(icloud|me|mac)\.com$/, 'icloud.com'],
  [/^(mail|inbox|list|bk|internet)\.ru$/, 'mail.ru'],
  [/^(yandex\.\w+|ya\.ru)$/, 'yandex.ru'],
];

export function hostOf(address: string): string {
  const domain = domainOf(address);
  return FAMILIES.find(([of]) => of.test(domain))?.[1] ?? domain;
}

/** `20 gmail.com=50`: to each host, and to some another number. */
export function ratesOf({ credentials }: Pick<ChannelBot, 'credentials'>): (host: string) => number {
  const words = (credentials.hostRate ?? '').split(/[\s,]+/).filter((word) => word !== '');
  const named = new Map(
    words.flatMap((word): [string, number][] => {
      const [host = '', rate] = word.split('=');
      return rate === undefined ? [] : [[hostOf(`@${host}`), Number(rate)]];
    }),
  );
  const usual = Number(words.find((word) => !word.includes('=')) ?? RATE);
  return (host) => named.get(host) ?? usual;
}
