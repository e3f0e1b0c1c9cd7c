// Walking through pages that come by cursor: remembers the way back; starts anew when the question changes.
import { useState } from 'react';
import type { Pager } from './data-table.tsx';
import { useFormat } from './use-format.ts';

export interface CursorPages {
  cursor: string | undefined;
  pager(page: { items: readonly unknown[]; next: string | null } | undefined): Pager;
}

export function useCursor(question: string, pageSize: number): CursorPages {
  const format = useFormat();
  const [way, setWay] = useState<{ question: string; cursors: string[] }>({ question, cursors: [] });
  const cursors = way.question === question ? way.cursors : [];
  const go = (next: string[]) => setWay({ question, cursors: next });
  return {
    cursor: cursors.at(-1),
    pager(page) {
      const first = cursors.length * pageSize + 1;
      const last = first + (page?.items.length ?? 0) - 1;
      const next = page?.next;
      return {
        label: `${format.number(first)}–${format.number(last)}`,
        onPrevious: cursors.length > 0 ? () => go(cursors.slice(0, -1)) : null,
        onNext: next ? () => go([...cursors, next]) : null,
      };
    },
  };
}
