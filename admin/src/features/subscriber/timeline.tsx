// One person's messages and events in one list, newest first.
import { Anchor, Button, Group, Skeleton, Stack, Text, Timeline as Line, Title } from '@mantine/core';
import { IconBolt, IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { ErrorState } from '../../ui/states.tsx';
import { useFormat } from '../../ui/use-format.ts';

export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation('people');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...keys.subscriber(id), 'timeline'],
    queryFn: ({ pageParam }) => api.subscribers.timeline(id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const entries = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t('timeline.title')}>
      <Title order={3} mb="sm">
        {t('timeline.title')}
      </Title>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton h={120} />}
      {data && entries.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('timeline.none')}
        </Text>
      )}
      <Line bulletSize={26} lineWidth={2} active={-1}>
        {entries.map((entry, index) => (
          <Line.Item
            key={`${entry.at} ${index}`}
            bullet={entry.kind === 'delivery' ? <IconSend size={14} aria-hidden /> : <IconBolt size={14} aria-hidden />}
          >
            <Entry entry={entry} />
          </Line.Item>
        ))}
      </Line>
      {hasNextPage && (
        <Group mt="sm">
          <Button size="compact-sm" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('timeline.more')}
          </Button>
        </Group>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t, i18n } = useTranslation('people');
  const format = useFormat();
  const key = `${entry.kind}.${entry.what}`;
  const reason = entry.reason ? `reason.${entry.reason}` : null;
  return (
    <Stack gap={0}>
      <Text size="sm" fw={500}>
        {i18n.exists(key, { ns: 'people' }) ? t(key) : entry.what}
        {entry.mailing && (
          <>
            {' · '}
            <Anchor component={Link} to={`/mailings/${entry.mailing.id}`} size="sm" underline="always">
              {entry.mailing.name}
            </Anchor>
          </>
        )}
      </Text>
      {entry.text && (
        <Text size="sm" dir="auto" lineClamp={3} style={{ overflowWrap: 'anywhere' }}>
          {entry.text}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        <time dateTime={new Date(entry.at).toISOString()}>{format.time(entry.at)}</time>
        {entry.bot && ` · ${entry.bot}`}
        {reason && ` · ${i18n.exists(reason, { ns: 'people' }) ? t(reason) : entry.reason}`}
      </Text>
    </Stack>
  );
}
