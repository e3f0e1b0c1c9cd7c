// The rules by which one start of a mailing is planned: whose clock it follows, and who had enough mailings lately.
import { type PersonWhen, isKnownZone, turns } from '../domain/local-time.ts';
import { frequencyCapOf, quietHoursOf } from '../domain/mailing-settings.ts';
import type { Campaign } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { prepareCap } from '../store/planning.ts';
import { type CapRule, firstDeliverySince, type PlanRules, type ZonePlan } from '../store/planning-rules.ts';
import { readWorkspace, type WorkspaceSettings } from '../store/settings.ts';

const DAY_MS = 86_400_000;

export async function planRules(db: Database, campaign: Campaign, now: number): Promise<PlanRules> {
  const workspace = await readWorkspace(db);
  return {
    occurrence: campaign.occurrence,
    byZone: byZone(campaign, workspace, now),
    cap: await capRule(db, campaign, workspace, now),
  };
}

type ByZone = NonNullable<PlanRules['byZone']>;

function byZone({ settings, dueAt }: Campaign, workspace: WorkspaceSettings, now: number): ByZone | null {
  if (settings.when.mode === 'person') return byTurn(settings.when, workspace.timeZone, dueAt ?? now);
  const quiet = quietHoursOf(settings, workspace);
  if (quiet?.clock !== 'person') return null;
  // Sent to everybody at once, and cut by zones so that one zone can rest while the others go on.
  return (zone) => ({ timeZone: isKnownZone(zone) ? zone : null, dueAt: null });
}

function byTurn(when: PersonWhen, workspaceZone: string, start: number): ByZone {
  const turn = turns({ when, workspaceZone, start });
  return (zone): ZonePlan => {
    const next = turn(zone);
    return 'skip' in next ? next : { timeZone: next.zoneKnown ? zone : null, dueAt: next.at };
  };
}

async function capRule(
  db: Database,
  { id, occurrence, settings }: Campaign,
  workspace: WorkspaceSettings,
  now: number,
): Promise<CapRule | null> {
  const cap = frequencyCapOf(settings, workspace);
  if (cap === null) return null;
  await prepareCap(db);
  const since = now - cap.days * DAY_MS;
  return { messages: cap.messages, since, firstId: await firstDeliverySince(db, since), campaignId: id, occurrence };
}
