// The workspace's settings and other small facts about this installation, one row each.
import { randomUUID } from 'node:crypto';
import type { FrequencyCap, QuietHours } from '../domain/mailing-settings.ts';
import type { Database } from './database.ts';
import { isMysql, readJson } from './database.ts';

export interface WorkspaceSettings {
  name: string;
  timeZone: string;
  /** Address the messengers and people's links use; null until one is set. */
  publicUrl: string | null;
  /** Seconds between "Send" and the first message. */
  holdSeconds: number;
  /** From this many people the number must be typed to confirm. */
  confirmFrom: number;
  /** When mailings wait, and how many a person may get, unless a mailing says otherwise. */
  quietHours: QuietHours | null;
  frequencyCap: FrequencyCap | null;
  /** Events older than so many days are deleted, their clicks added up; null: they are kept. */
  retentionDays: number | null;
}

export const DEFAULT_WORKSPACE: WorkspaceSettings = {
  name: 'Herald',
  timeZone: 'UTC',
  publicUrl: null,
  holdSeconds: 10,
  confirmFrom: 5000,
  quietHours: null,
  frequencyCap: null,
  retentionDays: null,
};

/** The stored value, or null. Values are wrapped, since drivers differ in how they hand out a bare JSON string. */
export async function readSetting<T>(db: Database, key: string): Promise<T | null> {
  const row: { value: unknown } | undefined = await db('settings').where({ key }).first('value');
  return row ? readJson<{ value: T }>(row.value).value : null;
}

/** Does the database take changes at all? One is written and taken back, and nobody sees it. */
export async function takesChanges(db: Database): Promise<boolean> {
  const key = `written ${randomUUID()}`;
  try {
    await db.transaction(async (trx) => {
      await writeSetting(trx, key, true);
      await trx('settings').where({ key }).delete();
    });
    return true;
  } catch {
    return false;
  }
}

export async function writeSetting(db: Database, key: string, value: unknown): Promise<void> {
  await db('settings')
    .insert({ key, value: JSON.stringify({ value }) })
    .onConflict('key')
    .merge();
}

/** Writes the value unless there is one; answers the one that holds. Two processes starting at once agree. */
export async function settle<T>(db: Database, key: string, value: T): Promise<T> {
  const text = JSON.stringify({ value });
  await db.raw(
    `insert ${isMysql(db) ? 'ignore' : 'or ignore'} into settings (${isMysql(db) ? '`key`' : '"key"'}, value) values (?, ?)`,
    [key, text],
  );
  return (await readSetting<T>(db, key)) ?? value;
}

export async function readWorkspace(db: Database): Promise<WorkspaceSettings> {
  return { ...DEFAULT_WORKSPACE, ...(await readSetting<Partial<WorkspaceSettings>>(db, 'workspace')) };
}

/** Changes the given settings, leaves the others, answers all. */
export async function patchWorkspace(db: Database, patch: Partial<WorkspaceSettings>): Promise<WorkspaceSettings> {
  const workspace = { ...(await readWorkspace(db)), ...patch };
  await writeSetting(db, 'workspace', workspace);
  return workspace;
}
