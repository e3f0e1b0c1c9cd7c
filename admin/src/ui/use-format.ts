// The formats of format.ts in the language of the page and the zone of the workspace.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries.ts';
import {
  currentZone,
  formatDuration,
  formatFullTime,
  formatMilliseconds,
  formatMoment,
  formatMoney,
  formatNumber,
  formatRelative,
  formatRevenue,
  formatShare,
  formatTime,
  millisecondSign,
} from './format.ts';

export const browserZone = (): string => currentZone(Intl.DateTimeFormat().resolvedOptions().timeZone);

export interface Format {
  zone: string;
  language: string;
  number(value: number): string;
  milliseconds(value: number): string;
  /** The sign of the unit, such as "ms". */
  millisecond: string;
  share(part: number | null, base: number | null): string;
  money(minor: number, currency: string): string;
  revenue(revenue: Readonly<Record<string, number>>): string;
  time(at: number, zone?: string): string;
  /** Day and time. */
  moment(at: number, zone?: string): string;
  fullTime(at: number, zone?: string): string;
  relative(at: number, now?: number): string;
  duration(seconds: number): string;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const { data: session } = useQuery({ ...queries.session(), enabled: false });
  const language = i18n.language;
  const workspaceZone = session?.workspace.timeZone ?? browserZone();
  return {
    zone: workspaceZone,
    language,
    number: (value) => formatNumber(value, language),
    milliseconds: (value) => formatMilliseconds(value, language),
    millisecond: millisecondSign(language),
    share: (part, base) => formatShare(part, base, language),
    money: (minor, currency) => formatMoney(minor, currency, language),
    revenue: (revenue) => formatRevenue(revenue, language),
    time: (at, zone = workspaceZone) => formatTime(at, zone, language, Date.now()),
    moment: (at, zone = workspaceZone) => formatMoment(at, zone, language, Date.now()),
    fullTime: (at, zone = workspaceZone) => formatFullTime(at, zone, language),
    relative: (at, now = Date.now()) => formatRelative(at, now, language),
    duration: (seconds) => formatDuration(seconds, language),
  };
}
