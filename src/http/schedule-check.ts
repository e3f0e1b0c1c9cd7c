// The part of a mailing's check that is about time: when it starts, for whom, and who is left out by it.
import { firstTurn } from '../domain/local-time.ts';
import { frequencyCapOf, type MailingSettings, quietHoursOf, type When } from '../domain/mailing-settings.ts';
import { type Outlook, outlookOf, type PersonOutlook } from '../domain/outlook.ts';
import { Problem } from '../domain/problem.ts';
import { quietUntil } from '../domain/quiet-hours.ts';
import { nextStarts, occurrenceOf, repeatProblems } from '../domain/repeat.ts';
import { scheduleInstant } from '../domain/schedule.ts';
import { firstStart } from '../domain/start.ts';
import type { AudienceCount, AudienceQuery } from '../store/audience.ts';
import { countOutlook } from '../store/audience-outlook.ts';
import type { Bot } from '../store/bots.ts';
import type { Campaign } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { type CapRule, firstDeliverySince } from '../store/planning-rules.ts';
import type { WorkspaceSettings } from '../store/settings.ts';
import type { ScheduleCheck } from './api/engine.ts';
import type { Findings } from './findings.ts';

export const PREVIEWED_STARTS = 5;
const DAY_MS = 86_400_000;

export interface TimeCheck {
  startsAt: number;
  /** When the last zone's turn comes; the start where nobody's clock matters. */
  lastAt: number;
  schedule: ScheduleCheck;
  skipped: Outlook['skipped'];
  /** Those who are left out, by public id of the bot; null: over any. */
  leftOut: { bot: string | null; people: number }[];
  /** The messaging windows as they stand when sending starts, if nobody writes before. */
  windows: AudienceQuery['windows'];
}

export interface TimeCheckParts {
  campaign: Campaign;
  workspace: WorkspaceSettings;
  /** Null: the audience is not sound. */
  query: AudienceQuery | null;
  now: number;
  signal?: AbortSignal | undefined;
  found: Findings;
}

export async function checkTime(db: Database, parts: TimeCheckParts): Promise<TimeCheck> {
  const { campaign, workspace, query, now, found } = parts;
  const { settings, starts } = campaign;
  const earliest = now + workspace.holdSeconds * 1000;
  // By local time the zones of the audience say when; until they are known, as early as can be.
  const planned = settings.when.mode === 'person' ? earliest : (startOf(campaign, earliest, found) ?? earliest);
  const cap = await capOf(db, campaign, workspace, planned);
  const windows = query?.windows && { ...query.windows, at: planned };
  const groups =
    query && (settings.when.mode === 'person' || cap)
      ? await countOutlook(db, { ...query, windows }, { cap, ...parts })
      : [];
  const person = settings.when.mode === 'person' ? settings.when : null;
  const zones = groups.map(({ zone }) => zone);
  const workspaceZone = workspace.timeZone;
  const startsAt = person ? (firstTurn(person, { zones, workspaceZone, earliest }) ?? earliest) : planned;
  const outlook = outlookOf(groups, person && { when: person, workspaceZone, start: startsAt });
  if (person && settings.repeat) found.error('sending', 'repeat_person', {}, 'settings.repeat');
  if (person && outlook.person) tellPerson(person, outlook.person, workspaceZone, found);
  tellCap(settings, workspace, outlook, found);
  tellQuiet(settings, workspace, outlook.person?.instants.map(({ at }) => at) ?? [startsAt], found);
  const lastAt = outlook.person?.instants.at(-1)?.at ?? startsAt;
  const repeated = settings.repeat && !person && repeatProblems(settings.repeat).length === 0 ? settings.repeat : null;
  return {
    startsAt,
    lastAt,
    skipped: outlook.skipped,
    windows,
    leftOut: groups.filter((_, index) => outlook.reasons[index] !== null),
    schedule: {
      starts: repeated ? nextStarts(repeated, { after: startsAt - 1, starts }, PREVIEWED_STARTS) : [startsAt],
      person: outlook.person && {
        ...outlook.person,
        firstAt: outlook.person.instants[0]?.at ?? startsAt,
        lastAt,
      },
    },
  };
}

/** The count without those whom the rules leave out. */
export function reached(count: AudienceCount, { leftOut }: TimeCheck, bots: readonly Bot[]): AudienceCount {
  const left = { ...count, byBot: { ...count.byBot }, byChannel: { ...count.byChannel } };
  const lessen = (from: Record<string, number>, key: string | undefined, by: number): void => {
    if (key !== undefined && from[key] !== undefined) from[key] = Math.max(0, from[key] - by);
  };
  for (const { bot, people } of leftOut) {
    left.total -= people;
    if (bot === null) continue;
    lessen(left.byBot, bot, people);
    lessen(left.byChannel, bots.find(({ publicId }) => publicId === bot)?.channel, people);
  }
  return { ...left, total: Math.max(0, left.total) };
}

/** Null: never, or at no time that can be told. */
function startOf({ settings, starts }: Campaign, earliest: number, found: Findings): number | null {
  const problems = settings.repeat ? repeatProblems(settings.repeat) : [];
  for (const { path, code, params } of problems) found.error('sending', code, params ?? {}, path);
  try {
    tellInstant(settings, earliest, found);
    if (problems.length > 0) return null;
    const start = firstStart(settings, { earliest, starts });
    if (start === null) found.error('sending', 'repeat_over', {}, 'settings.repeat');
    return start;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const { path, code, params } of error.fields) found.error('sending', code, params ?? {}, path);
    return null;
  }
}

function tellInstant({ when, repeat }: { when: When; repeat: unknown }, earliest: number, found: Findings): void {
  if (when.mode !== 'at') return;
  const { local, zone, overlap } = when;
  const { at, kind } = scheduleInstant(local, zone, { overlap });
  // Of a repeated mailing it only says from when on.
  if (repeat !== null) return;
  if (at < earliest) found.error('sending', 'time_passed', { zone }, 'settings.when.local');
  if (kind === 'gap') found.warn('sending', 'time_gap', { zone }, 'settings.when.local');
  if (kind === 'overlap')
    found.warn(
      'sending',
      overlap === 'first' ? 'time_overlap' : 'time_overlap_second',
      { zone },
      'settings.when.local',
    );
}

async function capOf(
  db: Database,
  { id, settings }: Campaign,
  workspace: WorkspaceSettings,
  start: number,
): Promise<CapRule | null> {
  const cap = frequencyCapOf(settings, workspace);
  if (cap === null) return null;
  const since = start - cap.days * DAY_MS;
  const occurrence = settings.repeat === null ? '' : occurrenceOf(start);
  return { messages: cap.messages, since, firstId: await firstDeliverySince(db, since), campaignId: id, occurrence };
}

// --- In words -------------------------------------------------------------------------------

function tellPerson(
  { passed, zoneless }: Extract<When, { mode: 'person' }>,
  outlook: PersonOutlook,
  zone: string,
  found: Findings,
): void {
  const path = 'settings.when';
  if (outlook.instants.length > 0 && outlook.zones > 0) found.ok('sending', 'local_time', { count: outlook.zones });
  if (outlook.passed > 0) found.warn('sending', `hour_passed_${passed}`, { count: outlook.passed }, `${path}.passed`);
  if (outlook.zoneless > 0)
    found.warn('sending', `zoneless_${zoneless}`, { count: outlook.zoneless, zone }, `${path}.zoneless`);
}

function tellCap(settings: MailingSettings, workspace: WorkspaceSettings, { skipped }: Outlook, found: Findings): void {
  const cap = frequencyCapOf(settings, workspace);
  if (cap === null || skipped.frequency_cap === 0) return;
  found.warn('audience', 'over_cap', { count: skipped.frequency_cap, ...cap }, 'settings.frequencyCap');
}

/** By the workspace's clock: by people's own, some may be held back at any time. */
function tellQuiet(
  settings: MailingSettings,
  workspace: WorkspaceSettings,
  starts: readonly number[],
  found: Findings,
): void {
  const quiet = quietHoursOf(settings, workspace);
  if (quiet === null) return;
  const { from, to } = quiet;
  const local = settings.when.mode === 'person' && quiet.clock === 'person' ? settings.when.local.slice(11, 16) : null;
  const held =
    local === null
      ? starts.some((at) => quietUntil(quiet, workspace.timeZone, at) !== null)
      : quietUntil(quiet, 'UTC', Date.parse(`1970-01-02T${local}:00Z`)) !== null;
  if (held) found.warn('sending', 'quiet_start', { from, to }, 'settings.quietHours');
}
