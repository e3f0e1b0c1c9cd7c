// A campaign's states and the moves between them: one table, one function. Reading the table is reading the rules.
import * as z from 'zod';
import { Problem } from './problem.ts';

export const CAMPAIGN_KINDS = ['mailing'] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];

export const CAMPAIGN_STATES = ['draft', 'scheduled', 'sending', 'stopped', 'sent', 'failed'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export const CAMPAIGN_COMMANDS = [
  'schedule',
  'unschedule',
  'start',
  'stop',
  'continue',
  'finish',
  'fail',
  'reopen',
] as const;
export type CampaignCommand = (typeof CAMPAIGN_COMMANDS)[number];

const MOVES: Readonly<Record<CampaignState, Partial<Record<CampaignCommand, CampaignState>>>> = {
  draft: { schedule: 'scheduled' },
  scheduled: { unschedule: 'draft', start: 'sending', fail: 'failed' },
  sending: { stop: 'stopped', finish: 'sent', fail: 'failed' },
  stopped: { continue: 'sending' },
  // Retrying those who failed for a passing reason, or the unconfirmed, opens a finished mailing again.
  sent: { reopen: 'sending' },
  failed: { unschedule: 'draft' },
};

/** The state after a command; throws `campaign_state` when the table has no such move. */
export function move(state: CampaignState, command: CampaignCommand): CampaignState {
  const next = MOVES[state][command];
  if (!next) throw new Problem('campaign_state', { state, command });
  return next;
}

export const canMove = (state: CampaignState, command: CampaignCommand): boolean => MOVES[state][command] !== undefined;

/** Over which of a person's connections a mailing goes. */
export const viaSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('main') }),
  z.strictObject({
    mode: z.literal('bots'),
    /** Public ids, in order of preference. */
    bots: z.array(z.string().max(24)).min(1).max(200),
    /** One copy over the first that fits, or one in each. */
    each: z.boolean().default(false),
  }),
]);
export type Via = z.infer<typeof viaSchema>;

export const MAX_SPEED = 1000;

export const mailingSettingsSchema = z.strictObject({
  via: viaSchema.default({ mode: 'main' }),
  /** Messages a second, over all bots together; null: as fast as the bots' limits allow. */
  speed: z.int().min(1).max(MAX_SPEED).nullable().default(25),
  when: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('now') }),
      z.strictObject({
        mode: z.literal('at'),
        /** Wall-clock time without offset, `2026-11-22T18:00`. */
        local: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/),
        zone: z.string().max(64),
      }),
    ])
    .default({ mode: 'now' }),
  /** People left out by hand: public ids. */
  excluded: z.array(z.string().max(24)).max(10_000).default([]),
});
export type MailingSettings = z.infer<typeof mailingSettingsSchema>;

/** A change of some settings. Without the defaults, which would put back what was not mentioned. */
export const mailingSettingsPatchSchema = z.strictObject({
  via: mailingSettingsSchema.shape.via.unwrap().optional(),
  speed: mailingSettingsSchema.shape.speed.unwrap().optional(),
  when: mailingSettingsSchema.shape.when.unwrap().optional(),
  excluded: mailingSettingsSchema.shape.excluded.unwrap().optional(),
});
