// The table of people: search, the same filter panel as a mailing's audience, pages. What is asked stands in the address,
// so that a link shows the same people.
import '../../app/mantine-forms.css';
import { Badge, Button, Collapse, Group, Skeleton, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilter, IconSearch, IconUpload, IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { PageButtons, usePages } from '../../features/audience/cursor-pages.tsx';
import { conditionCount, readFilter, writeFilter } from '../../features/audience/filter-address.ts';
import { PeopleTable } from '../../features/audience/people-table.tsx';
import type { Filter } from '../../features/shapes.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { SubscriberDrawer } from './subscriber-drawer.tsx';

const FilterPanel = lazy(async () => ({
  default: (await import('../../features/audience/filter-panel.tsx')).FilterPanel,
}));
const PER_PAGE = 50;
const PAUSE_MS = 300;
const NOBODY_ASKED: Filter = { all: [] };

interface Address {
  search?: string;
  filter?: string;
  person?: string;
}

export default function SubscribersPage() {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const address = useSearch({ strict: false }) as Address;
  const filter = useMemo(() => readFilter(address.filter), [address.filter]);
  const conditions = filter ? conditionCount(filter) : 0;
  const [opened, setOpened] = useState(conditions > 0);
  const [text, setText] = useState(address.search ?? '');
  /** Counts clearings, after which the panel starts anew. */
  const [generation, setGeneration] = useState(0);
  const go = (change: Address) =>
    void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, ...change }), replace: true });
  const search = useDebouncedCallback((words: string) => go({ search: words.trim() || undefined }), PAUSE_MS);
  const asked = {
    limit: PER_PAGE,
    ...(address.search ? { search: address.search } : {}),
    ...(filter && conditions > 0 ? { filter } : {}),
  };
  const pages = usePages(JSON.stringify(asked));
  const { data, error, refetch, isPlaceholderData, dataUpdatedAt } = useQuery({
    queryKey: [...keys.subscribers, asked, pages.cursor],
    queryFn: ({ signal }) =>
      api.subscribers.search({ ...asked, ...(pages.cursor ? { cursor: pages.cursor } : {}) }, signal),
    placeholderData: keepPreviousData,
  });
  const narrowed = Boolean(address.search) || conditions > 0;
  const clear = () => {
    setText('');
    setGeneration(generation + 1);
    go({ search: undefined, filter: undefined });
  };

  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <Button
            variant="default"
            leftSection={<IconUpload size={16} aria-hidden />}
            component={Link}
            to="/subscribers/import"
          >
            {t('importCsv')}
          </Button>
        }
      />
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <TextInput
            flex="1 1 240px"
            maw={420}
            type="search"
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            maxLength={200}
            onChange={(event) => {
              setText(event.currentTarget.value);
              search(event.currentTarget.value);
            }}
          />
          <Button
            variant="default"
            leftSection={<IconFilter size={16} aria-hidden />}
            rightSection={conditions > 0 ? <Badge size="sm">{conditions}</Badge> : undefined}
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          >
            {t('filter')}
          </Button>
          {narrowed && (
            <Button variant="subtle" onClick={clear}>
              {t('clearFilters')}
            </Button>
          )}
        </Group>
        <Collapse expanded={opened}>
          {opened && (
            <Suspense fallback={<Skeleton h={120} radius="lg" />}>
              <FilterPanel
                key={generation}
                filter={filter ?? NOBODY_ASKED}
                onChange={(next) => go({ filter: writeFilter(next) })}
              />
            </Suspense>
          )}
        </Collapse>
        {error && <ErrorState error={error} onRetry={() => void refetch()} updatedAt={dataUpdatedAt} />}
        {!data && !error && <Skeleton h={420} radius="lg" />}
        {data && data.items.length === 0 && narrowed && (
          <EmptyState text={t('noMatch')} icon={<IconUsers size={40} stroke={1.3} />}>
            <Button variant="default" onClick={clear}>
              {t('clearFilters')}
            </Button>
          </EmptyState>
        )}
        {data && data.items.length === 0 && !narrowed && (
          <EmptyState text={t('none')} icon={<IconUsers size={40} stroke={1.3} />}>
            <Button component={Link} to="/bots">
              {t('botLinks')}
            </Button>
            <Button variant="default" component={Link} to="/subscribers/import">
              {t('importCsv')}
            </Button>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <PeopleTable
            people={data.items}
            dimmed={isPlaceholderData}
            onOpen={(person) => go({ person })}
            showStatus
            label={t('title')}
          />
        )}
        <PageButtons pages={pages} next={data?.next ?? null} shown={data?.items.length ?? 0} perPage={PER_PAGE} />
      </Stack>
      <SubscriberDrawer id={address.person ?? null} onClose={() => go({ person: undefined })} />
    </>
  );
}
