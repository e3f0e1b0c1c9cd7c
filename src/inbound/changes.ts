// Writes down what a fact changes about a connection and its person: the shell around `applyEvent`.
import type { PersonProfile } from '../domain/channel.ts';
import type { Change } from '../domain/event.ts';
import type { Connection } from '../domain/subscriber.ts';
import { type ConnectionChange, updateConnection } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import { fillProfile, touchLastSeen } from '../store/subscribers.ts';

const REF_LENGTH = 190;

/** What changes come to, column by column. */
export interface ChangeSum {
  columns: ConnectionChange;
  profile: PersonProfile | null;
  seenAt: number | null;
}

export function sumUp(connection: Pick<Connection, 'lastInboundAt'>, changes: readonly Change[]): ChangeSum {
  const columns: ConnectionChange = {};
  let profile: PersonProfile | null = null;
  let seenAt: number | null = null;
  for (const change of changes) {
    switch (change.kind) {
      case 'status':
        Object.assign(columns, { status: change.status, reason: change.reason, since: change.since });
        break;
      case 'subscribed_at':
        columns.subscribedAt = change.at;
        break;
      case 'ref':
        columns.ref = change.ref.slice(0, REF_LENGTH);
        break;
      case 'seen':
        seenAt = change.at;
        columns.lastInboundAt = Math.max(change.at, connection.lastInboundAt ?? 0);
        break;
      case 'profile':
        profile = change.profile;
        break;
      default:
        change satisfies never;
    }
  }
  return { columns, profile, seenAt };
}

export async function saveChanges(db: Database, connection: Connection, changes: readonly Change[]): Promise<void> {
  const { columns, profile, seenAt } = sumUp(connection, changes);
  await updateConnection(db, connection.id, columns);
  if (profile) await fillProfile(db, connection.subscriberId, profile);
  if (seenAt !== null) await touchLastSeen(db, connection.subscriberId, seenAt);
}
