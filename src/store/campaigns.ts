// Campaigns as rows. `moveCampaign` is the one door through which a state changes, and every edit carries the version
// it was made on, so that two people cannot overwrite each other unseen.
import { type CampaignCommand, type CampaignState, move } from '../domain/campaign.ts';
import { type MailingSettings, mailingSettingsSchema } from '../domain/mailing-settings.ts';
import type { Filter } from '../domain/audience.ts';
import { DEFAULT_FILTER } from '../domain/audience.ts';
import type { Content } from '../domain/message.ts';
import { Problem } from '../domain/problem.ts';
import { type Campaign, type CampaignRow, toCampaign } from './campaign-row.ts';
import { type Database, newPublicId } from './database.ts';
import { contentOf, insertMessage, saveContent } from './messages.ts';
import { decodeCursor, type Page, pageOf } from './page.ts';
import { transact } from './transact.ts';

export type { Campaign } from './campaign-row.ts';

const EMPTY_CONTENT: Content = { synchronised: true, variants: {} };

export interface NewCampaign {
  name: string;
  content?: Content | undefined;
  audience?: Filter | undefined;
  settings?: Partial<MailingSettings> | undefined;
  staffId: number | null;
  now: number;
}

export async function createCampaign(db: Database, draft: NewCampaign): Promise<Campaign> {
  const publicId = newPublicId();
  await transact(db, async (trx) => {
    const messageId = await insertMessage(trx, draft.content ?? EMPTY_CONTENT, draft.now);
    await trx('campaigns').insert({
      public_id: publicId,
      kind: 'mailing',
      state: 'draft',
      name: draft.name,
      audience: JSON.stringify(draft.audience ?? DEFAULT_FILTER),
      settings: JSON.stringify(mailingSettingsSchema.parse(draft.settings ?? {})),
      message_id: messageId,
      staff_id: draft.staffId,
      created_at: draft.now,
      updated_at: draft.now,
    });
  });
  return getCampaign(db, publicId);
}

/** By its public id; a missing one is a problem the caller can show. */
export async function getCampaign(db: Database, publicId: string): Promise<Campaign> {
  const row = await db<CampaignRow>('campaigns').where({ public_id: publicId }).first();
  if (!row) throw new Problem('campaign_not_found', { id: publicId });
  return toCampaign(row);
}

export async function getCampaignById(db: Database, id: number): Promise<Campaign> {
  const row = await db<CampaignRow>('campaigns').where({ id }).first();
  if (!row) throw new Problem('campaign_not_found', { id });
  return toCampaign(row);
}

const CAMPAIGN_TABS = {
  all: null,
  draft: ['draft', 'failed'],
  scheduled: ['scheduled'],
  sending: ['sending'],
  sent: ['sent'],
  stopped: ['stopped'],
  trash: null,
} as const satisfies Record<string, readonly CampaignState[] | null>;

export interface CampaignQuery {
  tab: keyof typeof CAMPAIGN_TABS;
  search?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Newest first; `next` is the cursor of the following page. */
export async function listCampaigns(db: Database, query: CampaignQuery): Promise<Page<Campaign>> {
  const states = CAMPAIGN_TABS[query.tab];
  const before = decodeCursor(query.cursor, 1)?.[0];
  const rows = await db<CampaignRow>('campaigns')
    .modify((q) => void (query.tab === 'trash' ? q.whereNotNull('deleted_at') : q.whereNull('deleted_at')))
    .modify((q) => void (states && q.whereIn('state', [...states])))
    .modify((q) => void (query.search && q.whereRaw(`lower(name) like ? escape '!'`, [likePattern(query.search)])))
    .modify((q) => void (before !== undefined && q.where('id', '<', before)))
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  return pageOf(rows, query.limit, (row) => [row.id], toCampaign);
}

/** The campaigns in one state that are not in the trash, oldest first. */
export async function campaignsIn(db: Database, state: CampaignState): Promise<Campaign[]> {
  return (await db<CampaignRow>('campaigns').where({ state }).whereNull('deleted_at').orderBy('id')).map(toCampaign);
}

/** The scheduled campaigns whose time has come. */
export async function dueCampaigns(db: Database, now: number): Promise<Campaign[]> {
  const rows = await db<CampaignRow>('campaigns')
    .where({ state: 'scheduled' })
    .where('due_at', '<=', now)
    .whereNull('deleted_at')
    .orderBy('due_at');
  return rows.map(toCampaign);
}

export interface CampaignEdit {
  version: number;
  name?: string | undefined;
  content?: Content | undefined;
  audience?: Filter | undefined;
  settings?: Partial<MailingSettings> | undefined;
  /** Of a scheduled mailing whose times change. */
  dueAt?: number | undefined;
}

/**
 * Saves an edit. A draft may change altogether, and so may a repeated mailing between its starts, which the next one
 * then follows (`dueAt`: when that is); others only their name and, until they are sent, their speed.
 */
export async function patchCampaign(db: Database, id: number, edit: CampaignEdit, now: number): Promise<Campaign> {
  return transact(db, async (trx) => {
    const campaign = await getCampaignById(trx, id);
    if (campaign.version !== edit.version) throw conflict(campaign);
    if (campaign.deletedAt !== null || !permitted(campaign, edit))
      throw new Problem('campaign_locked', { state: campaign.state });
    const changed = await trx('campaigns')
      .where({ id, version: edit.version, state: campaign.state })
      .update({
        ...(edit.name === undefined ? {} : { name: edit.name }),
        ...(edit.audience === undefined ? {} : { audience: JSON.stringify(edit.audience) }),
        ...(edit.settings === undefined
          ? {}
          : { settings: JSON.stringify({ ...campaign.settings, ...edit.settings }) }),
        ...(edit.dueAt === undefined ? {} : { due_at: edit.dueAt }),
        version: edit.version + 1,
        updated_at: now,
      });
    if (changed === 0) throw conflict(campaign);
    if (edit.content !== undefined) await saveContent(trx, campaign.messageId, edit.content, now);
    return getCampaignById(trx, id);
  });
}

/** Why a mailing stopped that asks whether to send it although its time is over. */
export const TOO_LATE = 'too_late';

export interface MovePatch {
  now: number;
  reason?: string | null;
  dueAt?: number | null;
  planCeiling?: number;
  messageVersionId?: number;
  occurrence?: string;
}

/**
 * The one door to a campaign's state. Throws `campaign_state` when the table of moves does not have it, and
 * `campaign_locked` for what lies in the trash: else it would go out the day somebody takes it out again.
 */
export async function moveCampaign(
  db: Database,
  id: number,
  command: CampaignCommand,
  patch: MovePatch,
): Promise<Campaign> {
  return transact(db, async (trx) => {
    const before = await getCampaignById(trx, id);
    const { state, deletedAt, settings } = before;
    if (deletedAt !== null) throw new Problem('campaign_locked', { state });
    const next = move(state, command);
    const changed = await trx('campaigns')
      .where({ id, state })
      .whereNull('deleted_at')
      .update({
        state: next,
        updated_at: patch.now,
        reason: patch.reason ?? null,
        ...effects(before, command, patch),
        ...canaryEffects(trx, command, settings),
      });
    // Someone moved it between the two statements: the command is judged again by what it is now.
    if (changed === 0) throw new Problem('campaign_state', { state, command });
    return getCampaignById(trx, id);
  });
}

/** A new draft with the same message, audience and settings; whatever its times were, the copy is sent once and at once. */
export async function copyCampaign(
  db: Database,
  id: number,
  copy: { name: string; staffId: number | null; now: number },
): Promise<Campaign> {
  const original = await getCampaignById(db, id);
  return createCampaign(db, {
    ...copy,
    content: await contentOf(db, original),
    audience: original.audience,
    settings: { ...original.settings, when: { mode: 'now' }, repeat: null },
  });
}

/** Into the trash; what is being sent or is about to be must be stopped first. */
export async function trashCampaign(db: Database, id: number, now: number): Promise<Campaign> {
  const changed = await db('campaigns')
    .where({ id })
    .whereNotIn('state', ['sending', 'scheduled'])
    .update({ deleted_at: now, updated_at: now });
  const campaign = await getCampaignById(db, id);
  if (changed === 0) throw new Problem('campaign_state', { state: campaign.state, command: 'delete' });
  return campaign;
}

export async function restoreCampaign(db: Database, id: number, now: number): Promise<Campaign> {
  await db('campaigns').where({ id }).update({ deleted_at: null, updated_at: now });
  return getCampaignById(db, id);
}

/** The columns a command changes besides the state. */
function effects(before: Campaign, command: CampaignCommand, patch: MovePatch): Record<string, unknown> {
  switch (command) {
    case 'schedule':
    case 'wait':
    case 'skip':
      return { due_at: patch.dueAt ?? patch.now, late_accepted: false };
    case 'rest':
      return { due_at: patch.dueAt ?? patch.now, late_accepted: false, finished_at: patch.now };
    case 'unschedule':
      return { due_at: null };
    case 'end':
      return { due_at: null, finished_at: patch.now };
    case 'ask':
      // Nothing of this start was planned: that is how it is told from one that was stopped on its way.
      return { due_at: patch.dueAt, plan_cursor: null, plan_ceiling: null };
    case 'accept':
      return { late_accepted: true };
    case 'start':
      return {
        ...(patch.dueAt === undefined ? {} : { due_at: patch.dueAt }),
        started_at: patch.now,
        finished_at: null,
        occurrence: patch.occurrence ?? '',
        starts: before.starts + 1,
        plan_cursor: 0,
        plan_ceiling: patch.planCeiling ?? 0,
        message_version_id: patch.messageVersionId,
      };
    case 'finish':
    case 'fail':
      return { finished_at: patch.now };
    case 'reopen':
      return { finished_at: null };
    case 'continue':
      // Whoever lets a mailing go on that stopped for being late means: however late.
      return { late_accepted: before.lateAccepted || before.reason === TOO_LATE };
    case 'stop':
      return {};
  }
}

/** Each start has a canary start of its own; to continue after a failed one is to overrule it. */
function canaryEffects(db: Database, command: CampaignCommand, { canary }: MailingSettings): Record<string, unknown> {
  switch (command) {
    case 'start':
      return {
        canary_state: canary === null ? null : 'running',
        canary_after_delivery_id: null,
        canary_last_delivery_id: null,
        canary_people: 0,
        canary_until: null,
        canary_verdict: null,
      };
    case 'continue':
      return { canary_state: db.raw(`case when canary_state = 'failed' then 'overruled' else canary_state end`) };
    case 'finish':
    case 'rest':
      // Everybody was among the first: it was a plain mailing.
      return {
        canary_state: db.raw(`case when canary_state in ('running', 'watching') then null else canary_state end`),
      };
    default:
      return {};
  }
}

function permitted({ state, settings }: Campaign, edit: CampaignEdit): boolean {
  if (state === 'draft') return true;
  if (state === 'scheduled' && settings.repeat !== null && edit.settings?.repeat !== null) return true;
  const speedOnly = Object.keys(edit.settings ?? {}).every((key) => key === 'speed');
  const onlySmall = edit.content === undefined && edit.audience === undefined && speedOnly;
  return onlySmall && (state !== 'sent' || edit.settings === undefined);
}

const conflict = (campaign: Campaign): Problem => new Problem('version_conflict', { version: campaign.version });

const likePattern = (search: string): string => `%${search.toLowerCase().replace(/[!%_]/g, (sign) => `!${sign}`)}%`;
