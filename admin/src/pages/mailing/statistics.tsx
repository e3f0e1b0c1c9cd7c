// The figures of a mailing: tiles, time, funnel, messengers, buttons, failures. Every rate names its base, and what a
// messenger does not report is a dash.
import { SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import type { Statistics } from '../../../../src/http/api/statistics.ts';
import { queries } from '../../api/queries.ts';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import { ButtonsPanel, ChannelsPanel } from './breakdowns.tsx';
import { Failures } from './failures.tsx';
import { Funnel } from './funnel.tsx';
import { Tiles } from './tiles.tsx';

/** Only repeated mailings have several. */
const Starts = lazy(() => import('./starts.tsx'));
const SeriesChart = lazy(() => import('./series-chart.tsx'));

export default function StatisticsTab({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const query = useQuery(queries.statistics(mailing.id));
  const starts = mailing.settings.repeat !== null && mailing.state !== 'draft' && (
    <Suspense fallback={<Skeleton h={160} aria-hidden />}>
      <Starts mailing={mailing} />
    </Suspense>
  );
  if (mailing.startedAt === null) return starts || <EmptyState text={t('statistics.notStarted')} />;
  if (!query.data) {
    return query.error ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton h={320} aria-hidden />
    );
  }
  const statistics = query.data;
  return (
    <Stack gap="md">
      {query.error && (
        <ErrorState error={query.error} updatedAt={query.dataUpdatedAt} onRetry={() => void query.refetch()} />
      )}
      <Tiles statistics={statistics} />
      {starts}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Suspense fallback={<Skeleton h={320} aria-hidden />}>
          <SeriesChart series={statistics.series} />
        </Suspense>

        <Funnel statistics={statistics} />
      </SimpleGrid>
      <Failures mailing={mailing} statistics={statistics} />
      <ChannelsPanel statistics={statistics} />
      <ButtonsPanel statistics={statistics} />
      <ReportingNote reporting={statistics.reporting} />
    </Stack>
  );
}

/** Which messengers report deliveries and opens, and which do not; built from what the channels say they can do. */
function ReportingNote({ reporting }: { reporting: Statistics['reporting'] }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const channels = useChannels();
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  const sentence = (key: 'reports' | 'deliveries' | 'opens' | 'silent', delivered: boolean, opened: boolean) => {
    const which = reporting.filter((item) => item.delivered === delivered && item.opened === opened);
    const names = list.format(which.map((item) => channels.title(item.channel)));
    return which.length === 0 ? [] : t(`statistics.${key}`, { count: which.length, channels: names });
  };
  if (reporting.every((item) => item.delivered && item.opened)) return null;
  return (
    <Text size="sm" c="dimmed">
      {[
        sentence('reports', true, true),
        sentence('deliveries', true, false),
        sentence('opens', false, true),
        sentence('silent', false, false),
      ]
        .flat()
        .join(' ')}
    </Text>
  );
}
