// Times, told before and after: what a time or a repeat means, the starts of a repeated mailing, and what people decide
// about one that waits for them.
import type { MailingSettings, Repeat, When } from '../domain/mailing-settings.ts';
import { quietUntil } from '../domain/quiet-hours.ts';
import { checkRepeat, instantOfOccurrence, nextStarts } from '../domain/repeat.ts';
import { instantOf, scheduleInstant, wallClock, wallClockAt } from '../domain/schedule.ts';
import { firstStart } from '../domain/start.ts';
import { fieldProblem } from '../domain/problem.ts';
import { type Campaign, getCampaign } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { continueCampaign, skipStart, unscheduleCampaign } from '../store/series.ts';
import { readWorkspace } from '../store/settings.ts';
import { countStarts, type StartFigures } from '../store/starts.ts';
import {
  type SchedulePreview,
  schedulePreviewBodySchema,
  schedulePreviewSchema,
  type Start,
  startListSchema,
} from './api/engine.ts';
import { goneSignal } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { moveRoute, SENDING_TOPICS } from './mailing-move.ts';
import { type Call, guarded, type Route } from './route.ts';
import { PREVIEWED_STARTS } from './schedule-check.ts';
import { checkZone } from './workspace.ts';

/** What the schemas cannot know of a schedule: zones, and what a pattern amounts to. */
export function checkSchedule({ when, repeat }: { when?: When | undefined; repeat?: Repeat | null | undefined }): void {
  if (when?.mode === 'at') {
    checkZone(when.zone, 'settings.when.zone');
    scheduleInstant(when.local, when.zone);
  }
  if (when?.mode === 'person') wallClock(when.local);
  if (repeat) {
    checkRepeat(repeat);
    if (repeat.until !== null) wallClock(repeat.until, 'settings.repeat');
  }
  if (repeat && when?.mode === 'person') throw fieldProblem('settings.repeat', 'repeat_person');
}

/** When a repeated mailing that waits for its next start has it, once its times are changed. */
export function nextAfterChange(campaign: Campaign, change: Partial<MailingSettings>, now: number): number | undefined {
  if (campaign.state !== 'scheduled' || campaign.settings.repeat === null) return undefined;
  if (change.when === undefined && change.repeat === undefined) return undefined;
  const settings = { ...campaign.settings, ...change };
  checkSchedule(settings);
  const next = firstStart(settings, { earliest: now, starts: campaign.starts });
  if (next === null) throw fieldProblem('settings.repeat', 'repeat_over');
  return next;
}

export function scheduleRoutes(deps: HttpDeps): Route[] {
  const { db, now } = deps;

  const decision = (
    word: 'continue' | 'unschedule' | 'skip',
    summary: string,
    decide: (db: Database, campaign: Campaign, now: number) => Promise<Campaign>,
  ): Route =>
    moveRoute(deps, {
      path: `/${word}`,
      summary,
      needs: 'send',
      action: `mailing.${word}`,
      topics: SENDING_TOPICS,
      make: (campaign, at) => decide(db, campaign, at),
    });

  return [
    decision(
      'unschedule',
      'Take a scheduled mailing back to a draft, also in the seconds after Send. Of a repeated one that has begun: end the series.',
      unscheduleCampaign,
    ),
    decision(
      'continue',
      'Go on with a stopped mailing where it stopped; send one now that stopped for being late.',
      continueCampaign,
    ),
    decision(
      'skip',
      'Give up what remains of a stopped start of a repeated mailing, and wait for the next start.',
      skipStart,
    ),
    guarded({
      method: 'get',
      path: '/mailings/:id/starts',
      tag: 'Mailings',
      summary: 'The starts of a repeated mailing with their figures, the newest first, and the starts to come.',
      needs: 'read',
      answer: startListSchema,
      async handle({ params, response }: Call<unknown, unknown>) {
        const campaign = await getCampaign(db, params.id ?? '');
        const { settings, state, dueAt, starts } = campaign;
        const isOver =
          settings.repeat === null || dueAt === null || !['scheduled', 'sending', 'stopped'].includes(state);
        const after = state === 'scheduled' && dueAt !== null ? dueAt - 1 : Math.max(now(), dueAt ?? 0);
        return {
          items: (await countStarts(db, campaign.id, goneSignal(response))).map((start) => toStart(start, campaign)),
          next: isOver || !settings.repeat ? [] : nextStarts(settings.repeat, { after, starts }, PREVIEWED_STARTS),
        };
      },
    }),
    guarded({
      method: 'post',
      path: '/schedule/preview',
      tag: 'Mailings',
      summary: 'When a mailing with this time and repeat would start.',
      needs: 'read',
      body: schedulePreviewBodySchema,
      answer: schedulePreviewSchema,
      async handle({ body }): Promise<SchedulePreview> {
        checkSchedule(body);
        const workspace = await readWorkspace(db);
        const { when, repeat } = body;
        const zone = repeat?.zone ?? (when.mode === 'at' ? when.zone : workspace.timeZone);
        const single =
          when.mode === 'now'
            ? null
            : instantOf(wallClock(when.local), when.mode === 'at' ? when.zone : zone, when.overlap);
        const first = when.mode === 'person' ? single!.at : firstStart(body, { earliest: now(), starts: 0 });
        const found =
          first === null || !repeat
            ? [first].filter((at) => at !== null)
            : nextStarts(repeat, { after: first - 1, starts: 0 }, PREVIEWED_STARTS + 1);
        const quiet = body.quietHours === 'workspace' ? workspace.quietHours : body.quietHours;
        return {
          starts: found.slice(0, PREVIEWED_STARTS).map((at) => ({
            at,
            local: new Date(wallClockAt(at, zone)).toISOString().slice(0, 16),
            zone,
            quietUntil: quiet && quietUntil(quiet, workspace.timeZone, at),
          })),
          kind: repeat ? 'exact' : (single?.kind ?? 'exact'),
          more: found.length > PREVIEWED_STARTS,
        };
      },
    }),
  ];
}

function toStart({ occurrence, ...figures }: StartFigures, { startedAt }: Campaign): Start {
  const settled = figures.sent + figures.failed + figures.skipped + figures.cancelled + figures.unconfirmed;
  return {
    // A mailing that is sent once has no occurrence.
    at: occurrence === '' ? (startedAt ?? 0) : instantOfOccurrence(occurrence),
    ...figures,
    remaining: figures.planned - settled,
  };
}
