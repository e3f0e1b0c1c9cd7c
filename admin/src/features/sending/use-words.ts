// What the sending settings mean, in words: short for the line of a folded section, whole sentences for the confirmation
// and for the page of a mailing that was sent.
import { useTranslation } from 'react-i18next';
import type { Workspace } from '../../../../src/http/api/session.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useSession } from '../../ui/use-session.ts';
import type { Settings } from '../shapes.ts';
import { weekdayName } from './cron-words.ts';
import { durationWords } from './duration.ts';
import { fromCron } from './repeat.ts';
import { isTimed, rulesSet } from './rules.ts';
import type { Canary, FrequencyCap, QuietHours, Rule } from './rules.ts';
import { zoneCity } from '../../ui/format.ts';

const MINUTE = 60;

export interface SendingWords {
  /** "10:00" as the language writes it. */
  clock(time: string): string;
  /** "22:00–08:00". */
  hours(quiet: QuietHours): string;
  /** "7 days". */
  days(count: number): string;
  /** "10 minutes". */
  minutes(count: number): string;
  percent(value: number): string;
  /** A plain day, `2026-11-22`, in words. */
  day(date: string): string;
  /** "every day at 10:00" */
  pattern(cron: string): string;
  /** "3 mailings within 7 days" */
  cap(cap: FrequencyCap): string;
  canary(canary: Canary): string;
  /** At each person's time: when, and what becomes of those who cannot be so reached. */
  person(when: Extract<Settings['when'], { mode: 'person' }>): string[];
  /** A few words on each rule that is set. */
  summary(settings: Settings): string[];
  /** One sentence on a rule; null where there is nothing to say. */
  sentence(rule: Rule, settings: Settings): string | null;
}

export function useSendingWords(): SendingWords {
  const { t } = useTranslation('sending');
  const { workspace } = useSession();
  const format = useFormat();
  const { language } = format;

  const clock = (time: string): string =>
    new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(
      Date.parse(`2021-01-01T${time}Z`),
    );
  const day = (date: string): string =>
    new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
      Date.parse(`${date.slice(0, 10)}T00:00Z`),
    );
  const unit = (value: number, name: string): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  const percent = (value: number): string =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value / 100);
  const list = (items: readonly (string | number)[]): string => new Intl.ListFormat(language).format(items.map(String));
  const hours = ({ from, to }: QuietHours): string => `${clock(from)}–${clock(to)}`;
  const days = (count: number): string => unit(count, 'day');
  const minutes = (count: number): string => durationWords(count * MINUTE, language);

  const pattern = (cron: string): string => {
    const found = fromCron(cron);
    switch (found.kind) {
      case 'daily':
      case 'weekdays':
        return t(`pattern.${found.kind}`, { time: clock(found.time) });
      case 'weekly':
        return t('pattern.weekly', {
          days: list(found.days.map((one) => weekdayName(one, language))),
          time: clock(found.time),
        });
      case 'monthly':
        return t('pattern.monthly', { days: list(found.days), time: clock(found.time) });
      case 'custom':
        return t('pattern.custom', { cron: found.cron });
    }
  };
  const cap = ({ messages, days: within }: FrequencyCap): string =>
    t('cap.words', { count: messages, number: format.number(messages), period: days(within) });
  const canary = (rule: Canary): string =>
    t(rule.minutes === 0 ? 'says.canaryAtOnce' : 'says.canary', {
      count: rule.people,
      number: format.number(rule.people),
      duration: minutes(rule.minutes),
      failed: percent(rule.failed),
      blocked: percent(rule.blocked),
      unsubscribed: percent(rule.unsubscribed),
    });

  const person: SendingWords['person'] = ({ local, passed, zoneless }) => [
    t('says.person', { day: day(local), time: clock(local.slice(11, 16)) }),
    t(`says.passed.${passed}`),
    t(`says.zoneless.${zoneless}`, { city: zoneCity(workspace.timeZone) }),
  ];

  const summary = (settings: Settings): string[] =>
    rulesSet(settings).map((rule) => {
      switch (rule) {
        case 'repeat':
          return t('summary.repeat', { pattern: settings.repeat ? pattern(settings.repeat.cron) : '' });
        case 'quietHours':
          return isOwn(settings.quietHours)
            ? t('summary.quiet', { hours: hours(settings.quietHours) })
            : t('summary.noQuiet');
        case 'frequencyCap':
          return isOwn(settings.frequencyCap)
            ? t('summary.cap', { cap: cap(settings.frequencyCap) })
            : t('summary.noCap');
        case 'latest':
          return settings.latest === null
            ? t('summary.anyLate')
            : t('summary.late', { duration: minutes(settings.latest) });
        case 'canary':
          return t('summary.canary', {
            count: settings.canary?.people ?? 0,
            number: format.number(settings.canary?.people ?? 0),
          });
      }
    });

  const sentence = (rule: Rule, settings: Settings): string | null => {
    switch (rule) {
      case 'repeat':
        return settings.repeat && repeatSentence(settings.repeat);
      case 'quietHours':
        return quietSentence(settings, workspace);
      case 'frequencyCap':
        return capSentence(settings, workspace);
      case 'latest':
        if (!isTimed(settings)) return null;
        return settings.latest === null ? t('says.anyLate') : t('says.late', { duration: minutes(settings.latest) });
      case 'canary':
        return settings.canary && canary(settings.canary);
    }
  };

  const repeatSentence = ({ cron, zone, until, times }: NonNullable<Settings['repeat']>): string => {
    const values = { pattern: pattern(cron), city: zoneCity(zone) };
    if (times !== null) return t('says.repeatTimes', { ...values, count: times, number: format.number(times) });
    return until === null ? t('says.repeat', values) : t('says.repeatUntil', { ...values, date: day(until) });
  };
  const quietSentence = ({ quietHours }: Settings, { quietHours: usual, timeZone }: Workspace): string | null => {
    const used = quietHours === 'workspace' ? usual : quietHours;
    if (used === null) return usual && t('says.noQuiet', { hours: hours(usual) });
    return t(`says.quiet.${used.clock}`, { from: clock(used.from), to: clock(used.to), city: zoneCity(timeZone) });
  };
  const capSentence = ({ frequencyCap }: Settings, { frequencyCap: usual }: Workspace): string | null => {
    const used = frequencyCap === 'workspace' ? usual : frequencyCap;
    if (used === null) return usual && t('says.noCap', { cap: cap(usual) });
    return t('says.cap', { cap: cap(used) });
  };

  return { clock, hours, days, minutes, percent, day, pattern, cap, canary, person, summary, sentence };
}

/** Set for this mailing itself: neither the workspace's rule nor none. */
export const isOwn = <Value extends object>(setting: Value | 'workspace' | null): setting is Value =>
  setting !== null && setting !== 'workspace';
