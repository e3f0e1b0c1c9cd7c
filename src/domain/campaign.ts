// A campaign's states and the moves between them: one table, one function. Reading the table is reading the rules.
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
