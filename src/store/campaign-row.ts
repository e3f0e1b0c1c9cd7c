// A campaign as it lies in its table and as the rest of the server knows it.
import type { Filter } from '../domain/audience.ts';
import type { CampaignKind, CampaignState } from '../domain/campaign.ts';
import type { CanaryState, CanaryVerdict } from '../domain/canary.ts';
import { type MailingSettings, mailingSettingsSchema } from '../domain/mailing-settings.ts';
import { readJson } from './database.ts';

export interface Campaign {
  id: number;
  publicId: string;
  kind: CampaignKind;
  state: CampaignState;
  reason: string | null;
  name: string;
  description: string | null;
  locale: string | null;
  audience: Filter;
  settings: MailingSettings;
  messageId: number;
  messageVersionId: number | null;
  version: number;
  dueAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  planCeiling: number | null;
  planCursor: number | null;
  /** Which start of a repeated mailing this is: the cause of its deliveries; '' where it is sent once. */
  occurrence: string;
  /** How often it was started. */
  starts: number;
  canary: CanaryState | null;
  /** The first people's deliveries lie behind this one … */
  canaryAfterDeliveryId: number | null;
  /** … up to this; null until all of them are planned. */
  canaryLastDeliveryId: number | null;
  canaryUntil: number | null;
  canaryVerdict: CanaryVerdict | null;
  /** A person said to send although its latest time had passed. */
  lateAccepted: boolean;
  staffId: number | null;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

export interface CampaignRow {
  id: number;
  public_id: string;
  kind: CampaignKind;
  state: CampaignState;
  reason: string | null;
  name: string;
  description: string | null;
  locale: string | null;
  audience: unknown;
  settings: unknown;
  message_id: number;
  message_version_id: number | null;
  version: number;
  due_at: number | null;
  started_at: number | null;
  finished_at: number | null;
  plan_ceiling: number | null;
  plan_cursor: number | null;
  occurrence: string;
  starts: number;
  canary_state: CanaryState | null;
  canary_after_delivery_id: number | null;
  canary_last_delivery_id: number | null;
  canary_until: number | null;
  canary_verdict: unknown;
  late_accepted: number;
  staff_id: number | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

export const toCampaign = (row: CampaignRow): Campaign => ({
  id: row.id,
  publicId: row.public_id,
  kind: row.kind,
  state: row.state,
  reason: row.reason,
  name: row.name,
  description: row.description,
  locale: row.locale,
  audience: readJson<Filter>(row.audience),
  // Settings that came later have their defaults in mailings saved before.
  settings: mailingSettingsSchema.parse(readJson(row.settings)),
  messageId: row.message_id,
  messageVersionId: row.message_version_id,
  version: row.version,
  dueAt: row.due_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  planCeiling: row.plan_ceiling,
  planCursor: row.plan_cursor,
  occurrence: row.occurrence,
  starts: row.starts,
  canary: row.canary_state,
  canaryAfterDeliveryId: row.canary_after_delivery_id,
  canaryLastDeliveryId: row.canary_last_delivery_id,
  canaryUntil: row.canary_until,
  canaryVerdict: row.canary_verdict === null ? null : readJson<CanaryVerdict>(row.canary_verdict),
  lateAccepted: Boolean(row.late_accepted),
  staffId: row.staff_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
});
