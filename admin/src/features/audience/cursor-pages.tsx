// Forward and back through pages that are known only by a cursor.
import { Button, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../ui/use-format.ts';

export interface Pages {
  cursor: string | undefined;
  /** From 0. */
  page: number;
  forward: (next: string) => void;
  back: () => void;
}

/** Starts over whenever `question` changes. */
export function usePages(question: string): Pages {
  const [state, setState] = useState<{ question: string; trail: string[] }>({ question, trail: [] });
  const trail = state.question === question ? state.trail : [];
  return {
    cursor: trail.at(-1),
    page: trail.length,
    forward: (next) => setState({ question, trail: [...trail, next] }),
    back: () => setState({ question, trail: trail.slice(0, -1) }),
  };
}

interface Props {
  pages: Pages;
  next: string | null;
  shown: number;
  perPage: number;
  /** How many there are in all, when known. */
  total?: number | undefined;
}

export function PageButtons({ pages, next, shown, perPage, total }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  if (pages.page === 0 && next === null) return null;
  const first = pages.page * perPage + 1;
  const range = {
    from: format.number(first),
    to: format.number(first + shown - 1),
    total: total === undefined ? '' : format.number(total),
  };
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed" className="figures">
        {t(total === undefined ? 'people.range' : 'people.rangeOf', range)}
      </Text>
      <Group gap="xs">
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconChevronLeft size={16} aria-hidden />}
          disabled={pages.page === 0}
          onClick={pages.back}
        >
          {t('people.previous')}
        </Button>
        <Button
          size="compact-md"
          variant="default"
          rightSection={<IconChevronRight size={16} aria-hidden />}
          disabled={next === null}
          onClick={() => next && pages.forward(next)}
        >
          {t('people.next')}
        </Button>
      </Group>
    </Group>
  );
}
