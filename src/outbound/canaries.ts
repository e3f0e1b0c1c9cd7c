// Looks after mailings that start with a few people first: notices when these are done, waits for their answers, and lets
// the rest follow or stops the mailing. All it knows is in the store, so any sender may take the next step.
import { type CanaryFigures, stepCanary } from '../domain/canary.ts';
import type { WaitCode, WaitParams } from '../domain/waiting.ts';
import type { Campaign } from '../store/campaigns.ts';
import { canaryParts, canaryProgress, failCanary, moveCanary } from '../store/canary.ts';
import type { OutboundDeps } from './context.ts';

export interface CanaryDeps extends Pick<OutboundDeps, 'db' | 'log' | 'bus' | 'now'> {
  note: (campaignId: number, code: WaitCode, params: WaitParams) => void;
}

/** Counting takes at most this share of the time, however many people are the first. */
const SHARE = 0.05;

export interface Canaries {
  /** The next step of each of these mailings, all being sent. */
  look(campaigns: readonly Campaign[]): Promise<void>;
}

export function createCanaries({ db, log, bus, now, note }: CanaryDeps): Canaries {
  /** When a mailing may be counted again, by this process's steady clock. */
  const rests = new Map<number, number>();

  async function count(campaign: Campaign): Promise<CanaryFigures | null> {
    const began = performance.now();
    if (began < (rests.get(campaign.id) ?? 0)) return null;
    const { first } = await canaryParts(db, campaign, { only: 'first' });
    const took = performance.now() - began;
    rests.set(campaign.id, performance.now() + took / SHARE);
    return first;
  }

  async function step(campaign: Campaign): Promise<void> {
    const { id, canary: state, canaryUntil: until, settings } = campaign;
    const limits = settings.canary;
    if (limits === null || (state !== 'running' && state !== 'watching')) return;
    if (state === 'watching' && until !== null) note(id, 'canary', { until });
    // Before the count: when the first are done, so is what is counted of them.
    const progress = await canaryProgress(db, campaign, now());
    const figures = await count(campaign);
    if (figures === null) return;
    const next = stepCanary({ state, until, figures, limits, now: now(), ...progress });
    switch (next.kind) {
      case 'wait':
        return;
      case 'plain':
        return told(campaign, 'plain', await moveCanary(db, id, state, { state: null }));
      case 'watch':
        return told(campaign, 'watching', await moveCanary(db, id, state, { state: 'watching', until: next.until }));
      case 'pass':
        return told(campaign, 'passed', await moveCanary(db, id, state, { state: 'passed' }));
      case 'fail': {
        const { verdict } = next;
        return told(campaign, 'failed', await failCanary(db, { id, from: state, verdict, now: now() }), { ...verdict });
      }
      default:
        return next satisfies never;
    }
  }

  function told(campaign: Campaign, to: string, moved: boolean, verdict: object = {}): void {
    if (!moved) return;
    log.info({ event: `canary.${to}`, campaign: campaign.publicId, ...verdict });
    bus.publish('campaign', { id: campaign.publicId });
    bus.publish('live');
  }

  return {
    async look(campaigns) {
      const known = new Set(campaigns.map(({ id }) => id));
      for (const id of rests.keys()) if (!known.has(id)) rests.delete(id);
      for (const campaign of campaigns) await step(campaign);
    },
  };
}
