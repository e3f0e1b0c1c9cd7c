// A campaign's states and the moves between them: one table, one function. Reading the table is reading the rules.
import { Problem } from './problem.ts';

const CAMPAIGN_KINDS = ['mailing'] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];

export const CAMPAIGN_STATES = ['draft', 'scheduled', 'sending', 'stopped', 'sent', 'failed'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

const CAMPAIGN_COMMANDS = [
  'schedule',
  'unschedule',
  'start',
  'stop',
  'continue',
  'finish',
  'fail',
  'reopen',
  // Too late to start by itself: it asks, or waits for its next start where that is nearer.
  'ask',
  'wait',
  // A person says to start although it is late.
  'accept',
  // Between two starts of a repeated mailing.
  'rest',
  // The rest of a stopped start is given up; the series goes on with the next one.
  'skip',
  // The series is over before its time.
  'end',
] as const;
export type CampaignCommand = (typeof CAMPAIGN_COMMANDS)[number];

const MOVES: Readonly<Record<CampaignState, Partial<Record<CampaignCommand, CampaignState>>>> = {
  draft: { schedule: 'scheduled' },
  scheduled: {
    unschedule: 'draft',
    start: 'sending',
    fail: 'failed',
    ask: 'stopped',
    wait: 'scheduled',
    end: 'sent',
    reopen: 'sending',
  },
  sending: { stop: 'stopped', finish: 'sent', fail: 'failed', rest: 'scheduled' },
  stopped: { continue: 'sending', accept: 'scheduled', skip: 'scheduled', unschedule: 'draft', end: 'sent' },
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
