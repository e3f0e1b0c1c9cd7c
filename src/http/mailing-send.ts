// Sending from HTTP's side: a mailing's state is moved and whoever sends is woken. Nothing is sent here.
import { type FieldProblem, Problem } from '../domain/problem.ts';
import { type Campaign, getCampaign, moveCampaign, patchCampaign } from '../store/campaigns.ts';
import { transact } from '../store/transact.ts';
import type { SendBody } from './api/mailings.ts';
import type { Actor } from './context.ts';
import type { RouteDeps } from './route-deps.ts';
import { checkMailing } from './mailing-check.ts';
import { record } from './record.ts';

/** The audience may differ this much from the number the person confirmed. */
const MOVED_SHARE = 0.05;

export async function sendMailing(deps: RouteDeps, id: string, body: SendBody, actor: Actor): Promise<Campaign> {
  const { db, now, bus } = deps;
  const campaign = await getCampaign(db, id);
  if (campaign.version !== body.version) throw new Problem('version_conflict', { version: campaign.version });
  const { count, startsAt, findings } = await checkMailing(deps, campaign);
  refuseUnready(findings);
  if (body.expected !== undefined && Math.abs(count.total - body.expected) > body.expected * MOVED_SHARE) {
    throw new Problem('audience_moved', { expected: body.expected, total: count.total });
  }
  const scheduled = await transact(db, async (trx) => {
    // The empty edit fails if anybody saved another version since the check.
    await patchCampaign(trx, campaign.id, { version: body.version }, now());
    const moved = await moveCampaign(trx, campaign.id, 'schedule', { now: now(), dueAt: startsAt });
    await record(trx, now(), actor, {
      action: 'mailing.sent',
      target: id,
      data: { people: count.total, dueAt: startsAt },
    });
    return moved;
  });
  bus.publish('work');
  bus.publish('live');
  return scheduled;
}

function refuseUnready(findings: Awaited<ReturnType<typeof checkMailing>>['findings']): void {
  const fields: FieldProblem[] = findings
    .filter(({ level }) => level === 'error')
    .map(({ path, code, params }) => ({ path: path ?? '', code, params }));
  if (fields.length > 0) throw new Problem('mailing_not_ready', { count: fields.length }, fields);
}
