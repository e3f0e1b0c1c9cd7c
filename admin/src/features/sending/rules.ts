// The rules a mailing can be held to beyond speed and time: what a new one begins with, which are set, and which settings
// of the draft each of them is.
import type { Settings } from '../shapes.ts';

export type Canary = NonNullable<Settings['canary']>;
export type QuietHours = Exclude<Settings['quietHours'], 'workspace' | null>;
export type FrequencyCap = Exclude<Settings['frequencyCap'], 'workspace' | null>;

/** As the server assumes them for a mailing that says nothing. */
const USUAL_LATEST = 60;
export const NEW_QUIET: QuietHours = { from: '22:00', to: '08:00', clock: 'person' };
export const NEW_CAP: FrequencyCap = { messages: 3, days: 7 };
/** Enough people to tell 2 percent from chance, few enough to matter little. */
const CANARY_PEOPLE = 100;
const CANARY_SHARE = 10;

/** The first of so many: a hundred, or a tenth where that is fewer. */
export const newCanary = (people: number | undefined): Canary => ({
  people: Math.max(1, Math.min(CANARY_PEOPLE, Math.ceil((people ?? CANARY_PEOPLE * CANARY_SHARE) / CANARY_SHARE))),
  minutes: 10,
  failed: 5,
  blocked: 3,
  unsubscribed: 2,
});

/** The settings that are folded away: a problem at one of them unfolds them. */
export const RULES = ['repeat', 'quietHours', 'frequencyCap', 'latest', 'canary'] as const;
export type Rule = (typeof RULES)[number];

/** What differs from a mailing nobody touched. */
export const rulesSet = (settings: Settings): Rule[] =>
  RULES.filter((rule) => {
    switch (rule) {
      case 'repeat':
      case 'canary':
        return settings[rule] !== null;
      case 'quietHours':
      case 'frequencyCap':
        return settings[rule] !== 'workspace';
      case 'latest':
        return settings.latest !== USUAL_LATEST && isTimed(settings);
    }
  });

/** Does the first message go out as soon as one says so? */
export const isAtOnce = ({ when, repeat }: Settings): boolean => when.mode === 'now' && repeat === null;

/** Does it start by the clock? Only then it can be late. */
export const isTimed = (settings: Settings): boolean => !isAtOnce(settings);

/** What is wrong with which setting, by its path below `settings`. */
export type SettingProblems = Readonly<Record<string, string>>;

/** Sentences of everything below a path, the first one first. */
export const problemAt = (problems: SettingProblems, path: string): string | undefined =>
  problems[path] ?? Object.entries(problems).find(([key]) => key.startsWith(`${path}.`))?.[1];

const PREFIX = 'settings.';

export const settingProblems = (all: readonly { path?: string | undefined; message: string }[]): SettingProblems =>
  Object.fromEntries(
    all.flatMap(({ path, message }) => (path?.startsWith(PREFIX) ? [[path.slice(PREFIX.length), message]] : [])),
  );
