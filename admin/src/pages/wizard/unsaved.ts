// Changes that could not be saved yet, kept in this browser so that a closed tab or a lost network loses nothing.
import type { Changes } from './saver.ts';

export interface Unsaved {
  version: number;
  changes: Changes;
}

const keyOf = (id: string): string => `herald-draft-${id}`;

export function readUnsaved(id: string): Unsaved | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') as Unsaved | null;
  } catch {
    return null;
  }
}

/** A full storage is no reason to stop typing; the server still gets the changes. */
export function keepUnsaved(id: string, unsaved: Unsaved): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(unsaved));
  } catch {
    forgetUnsaved(id);
  }
}

export const forgetUnsaved = (id: string): void => localStorage.removeItem(keyOf(id));
