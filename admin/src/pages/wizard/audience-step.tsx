// Step 2: who gets it. The number, the way it goes, the filter, and the actual people; single ones can be ticked out.
import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import type { AudienceQuery } from '../../../../src/http/api/subscribers.ts';
import { AudienceHeadline } from '../../features/audience/audience-headline.tsx';
import { PageButtons, usePages } from '../../features/audience/cursor-pages.tsx';
import { PeopleTable } from '../../features/audience/people-table.tsx';
import { useAudiencePeople } from '../../features/audience/use-audience.ts';
import type { Counted } from '../../features/audience/use-audience.ts';
import { ViaSelect } from '../../features/audience/via-select.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SubscriberDrawer } from '../subscribers/subscriber-drawer.tsx';
import type { EditedDraft } from './use-draft.ts';

const FilterPanel = lazy(async () => ({
  default: (await import('../../features/audience/filter-panel.tsx')).FilterPanel,
}));
const PER_PAGE = 20;

interface Props {
  edited: EditedDraft;
  query: AudienceQuery;
  counted: Counted;
  bots: readonly Bot[];
  /** Leads to the messages. */
  onMessage: () => void;
}

export function AudienceStep({ edited, query, counted, bots, onMessage }: Props) {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const { audience, settings } = edited.draft;
  const { excluded } = settings;
  const [open, setOpen] = useState<string | null>(null);
  const pages = usePages(JSON.stringify(query));
  /** People ticked out stay in the list as long as it is open, so that they can be ticked in again. */
  const people = useAudiencePeople({ ...query, excluded: [] }, pages.cursor, PER_PAGE);
  const setExcluded = (ids: string[]) => edited.change({ settings: { ...settings, excluded: ids } });
  const toggle = (id: string) =>
    setExcluded(excluded.includes(id) ? excluded.filter((one) => one !== id) : [...excluded, id]);
  const nobodyAtAll = counted.count?.active === 0;

  return (
    <Stack gap="md">
      <AudienceHeadline counted={counted} onAddVersions={onMessage} />
      {nobodyAtAll && (
        <EmptyState text={t('audience.noSubscribers')}>
          <Button variant="default" onClick={() => void navigate({ to: '/bots' })}>
            {t('audience.botLinks')}
          </Button>
        </EmptyState>
      )}
      <Panel>
        <ViaSelect
          via={settings.via}
          bots={bots}
          onChange={(via) => edited.change({ settings: { ...settings, via } })}
        />
      </Panel>
      <Stack gap="xs" component="section" aria-labelledby="filter-title">
        <Title order={2} id="filter-title">
          {t('filter.title')}
        </Title>
        <Suspense fallback={<Skeleton h={120} radius="lg" />}>
          <FilterPanel filter={audience} onChange={(filter) => edited.change({ audience: filter })} />
        </Suspense>
      </Stack>
      <Alert icon={<IconInfoCircle size={18} aria-hidden />} color="gray" py="xs">
        <Text size="sm">{t('audience.formedAgain')}</Text>
      </Alert>
      <Stack gap="xs" component="section" aria-labelledby="people-title">
        <Group justify="space-between" gap="xs">
          <Title order={2} id="people-title">
            {t('people.title')}
          </Title>
          {excluded.length > 0 && (
            <Group gap="xs">
              <Text size="sm" c="dimmed">
                {t('people.excluded', { count: excluded.length })}
              </Text>
              <Button size="compact-sm" variant="default" onClick={() => setExcluded([])}>
                {t('people.includeAll')}
              </Button>
            </Group>
          )}
        </Group>
        {people.error && <ErrorState error={people.error} onRetry={() => void people.refetch()} />}
        {!people.data && !people.error && <Skeleton h={240} radius="lg" />}
        {people.data && people.data.items.length === 0 && !nobodyAtAll && <EmptyState text={t('audience.nobody')} />}
        {people.data && people.data.items.length > 0 && (
          <PeopleTable
            people={people.data.items}
            dimmed={people.isPlaceholderData}
            onOpen={setOpen}
            exclusion={{ excluded, toggle }}
            label={t('people.title')}
          />
        )}
        <PageButtons
          pages={pages}
          next={people.data?.next ?? null}
          shown={people.data?.items.length ?? 0}
          perPage={PER_PAGE}
          total={counted.count ? counted.count.total + counted.count.leftOut.excluded : undefined}
        />
      </Stack>
      <SubscriberDrawer id={open} onClose={() => setOpen(null)} />
    </Stack>
  );
}
