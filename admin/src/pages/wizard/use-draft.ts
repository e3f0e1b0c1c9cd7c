// The draft being edited: what is shown at once, saved by itself, and kept in the browser until it is saved.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import { ApiProblem, errorText } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { savable } from '../../features/composer/problems.ts';
import type { Content, Filter, Settings } from '../../features/shapes.ts';
import { forgetUnsaved, keepUnsaved, readUnsaved } from './unsaved.ts';
import { createSaver } from './saver.ts';
import type { Changes, Saver, SaveFailure, SaveState } from './saver.ts';

export interface Draft {
  name: string;
  content: Content;
  audience: Filter;
  settings: Settings;
}

export interface EditedDraft {
  id: string;
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  state: SaveState;
  /** Changes to what goes out by itself wait for a person to save them. */
  held: boolean;
  /** Saves now, unless changes are held; answers whether all is saved. */
  flush: () => Promise<boolean>;
  /** Saves now, since a person says so. */
  save: () => Promise<boolean>;
  version: () => number;
  /** Forgets what is not saved. */
  discard: () => void;
}

const explain = (error: unknown): SaveFailure => {
  if (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500 || error.status === 429)
    return { kind: 'passing' };
  if (error.code === 'version_conflict') return { kind: 'conflict' };
  return { kind: 'refused', message: errorText(error), fields: error.fields };
};

/** What the server can hold of the changes: a draft without a name keeps its last one there. */
function toChanges(changes: Partial<Draft>): Changes {
  const { name, content, ...rest } = changes;
  return {
    ...rest,
    ...(name === undefined || name.trim() === '' ? {} : { name: name.trim() }),
    ...(content
      ? {
          content: {
            ...content,
            variants: Object.fromEntries(
              Object.entries(content.variants).map(([channel, message]) => [channel, savable(message)]),
            ),
          },
        }
      : {}),
  };
}

export function useDraft(mailing: Mailing): EditedDraft {
  const client = useQueryClient();
  const [left] = useState(() => readUnsaved(mailing.id));
  const [draft, setDraft] = useState<Draft>(() => ({
    name: mailing.name,
    content: mailing.content,
    audience: mailing.audience,
    settings: mailing.settings,
    ...(left?.changes as Partial<Draft> | undefined),
  }));
  const [state, setState] = useState<SaveState>({ kind: 'saved', at: null });
  const saver = useRef<Saver | null>(null);
  const held = mailing.state !== 'draft';

  useEffect(() => {
    const own = createSaver({
      version: left?.version ?? mailing.version,
      held,
      save: async (patch) => {
        const saved = await api.mailings.patch(mailing.id, patch);
        client.setQueryData(keys.mailing(mailing.id), saved);
        return saved;
      },
      explain,
      onState: setState,
      keep: (unsaved) => (unsaved ? keepUnsaved(mailing.id, unsaved) : forgetUnsaved(mailing.id)),
      now: Date.now,
    });
    saver.current = own;
    if (left) own.change(left.changes);
    return () => {
      if (!held) void own.flush();
      own.close();
      void client.invalidateQueries({ queryKey: keys.mailings });
    };
  }, [client, left, held, mailing.id, mailing.version]);

  const change = useCallback((changes: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...changes }));
    const saved = toChanges(changes);
    if (Object.keys(saved).length > 0) saver.current?.change(saved);
  }, []);

  return {
    id: mailing.id,
    draft,
    change,
    state,
    held,
    flush: useCallback(async () => (held ? saver.current?.isSaved() : await saver.current?.flush()) ?? true, [held]),
    save: useCallback(async () => (await saver.current?.flush()) ?? true, []),
    version: useCallback(() => saver.current?.version() ?? mailing.version, [mailing.version]),
    discard: useCallback(() => {
      saver.current?.close();
      forgetUnsaved(mailing.id);
    }, [mailing.id]),
  };
}
