// Every person of the mailing with what became of the message: filtered, searched, taken away as CSV.
import { Badge, Button, CloseButton, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import type { Recipient } from '../../../../src/http/api/statistics.ts';
import { api } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Time } from '../../ui/figures.tsx';
import { AnchorLink } from '../../ui/links.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import type { Channels } from '../../ui/use-channels.ts';
import { useCursor } from '../../ui/use-cursor.ts';
import { useFormat } from '../../ui/use-format.ts';
import { readRecipients, RECIPIENT_FILTERS, recipientsQuery, writeRecipients } from './recipients-view.ts';
import type { RecipientFilter, RecipientsView } from './recipients-view.ts';

const PAGE_SIZE = 50;
const TYPING_MS = 300;

export default function RecipientsTab({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const channels = useChannels();
  const view = readRecipients(useSearch({ strict: false }));
  const query = recipientsQuery(view);
  const pages = useCursor(JSON.stringify(view), PAGE_SIZE);
  const list = useQuery({
    ...queries.recipients(mailing.id, {
      ...query,
      limit: PAGE_SIZE,
      ...(pages.cursor ? { cursor: pages.cursor } : {}),
    }),
    placeholderData: keepPreviousData,
  });
  const [text, setText] = useState(view.search);
  const show = (part: Partial<RecipientsView>) =>
    void navigate({
      to: '/mailings/$id',
      params: { id: mailing.id },
      search: writeRecipients({ ...view, ...part }),
      replace: true,
    });
  const search = useDebouncedCallback((value: string) => show({ search: value }), TYPING_MS);
  const filtered = view.state !== null || view.search !== '';

  return (
    <Stack gap="sm">
      <Group gap="sm" justify="space-between">
        <Group gap="sm">
          <TextInput
            type="search"
            aria-label={t('recipients.search')}
            placeholder={t('recipients.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              search(event.currentTarget.value);
            }}
          />
          <Select
            aria-label={t('recipients.filter')}
            placeholder={t('recipients.all')}
            data={RECIPIENT_FILTERS.map((value) => ({ value, label: t(`recipients.state.${value}`) }))}
            value={view.state}
            onChange={(state) => show({ state: state as RecipientFilter | null, reason: null })}
            clearable
            clearButtonProps={{ 'aria-label': t('mailings.clear') }}
          />
          {view.reason && (
            <Badge
              size="lg"
              rightSection={
                <CloseButton size="xs" aria-label={t('recipients.anyReason')} onClick={() => show({ reason: null })} />
              }
            >
              {t(`reason.${view.reason}`, view.reason)}
            </Badge>
          )}
        </Group>
        <Button
          component="a"
          href={api.mailings.recipientsCsv(mailing.id, query)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('recipients.csv')}
        </Button>
      </Group>
      <DataTable
        label={t('mailing.tab.recipients')}
        columns={recipientColumns(t, channels)}
        rows={list.data?.items}
        rowKey={(recipient) => `${recipient.subscriber.id} ${recipient.bot} ${recipient.settledAt ?? ''}`}
        error={list.error}
        onRetry={() => void list.refetch()}
        updatedAt={list.dataUpdatedAt}
        pager={pages.pager(list.data)}
        empty={
          <EmptyState text={t(filtered ? 'recipients.noMatch' : 'recipients.none')}>
            {filtered && (
              <Button
                variant="default"
                onClick={() => {
                  setText('');
                  show({ state: null, reason: null, search: '' });
                }}
              >
                {t('mailings.clear')}
              </Button>
            )}
          </EmptyState>
        }
      />
    </Stack>
  );
}

function recipientColumns(t: ReturnType<typeof useTranslation>['t'], channels: Channels): Column<Recipient>[] {
  return [
    {
      key: 'name',
      title: t('recipients.name'),
      card: 'title',
      render: ({ subscriber }) => (
        <AnchorLink to="/subscribers/$id" params={{ id: subscriber.id }} fz="sm" fw={500}>
          <bdi>{subscriber.name}</bdi>
        </AnchorLink>
      ),
    },
    {
      key: 'state',
      title: t('mailings.status'),
      card: 'corner',
      render: ({ state }) => <StatusBadge of="delivery" status={state} />,
    },
    {
      key: 'reason',
      title: t('recipients.reason'),
      card: 'line',
      render: (recipient) => <Why recipient={recipient} />,
    },
    {
      key: 'channel',
      title: t('statistics.channel'),
      card: 'line',
      render: (recipient) => <Way recipient={recipient} channels={channels} />,
    },
    { key: 'sent', title: t('figure.sent'), card: 'fact', render: ({ sentAt }) => <Time at={sentAt} /> },
    { key: 'delivered', title: t('figure.delivered'), render: ({ deliveredAt }) => <Time at={deliveredAt} /> },
    { key: 'opened', title: t('figure.opened'), render: ({ openedAt }) => <Time at={openedAt} /> },
    {
      key: 'clicked',
      title: t('recipients.clicked'),
      card: 'fact',
      render: ({ clickedAt }) => <Time at={clickedAt} />,
    },
  ];
}

/** Over which connection it went, and which were tried before. */
function Way({ recipient: { channel, bot, tried }, channels }: { recipient: Recipient; channels: Channels }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const way = (one: { channel: string; bot: string }) => `${channels.title(one.channel)} · ${one.bot}`;
  return (
    <>
      <Text size="sm">{way({ channel, bot })}</Text>
      {tried.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('recipients.tried', {
            ways: new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(
              tried.map((one) =>
                t('recipients.triedWay', { way: way(one), reason: t(`reason.${one.reason}`, one.reason) }),
              ),
            ),
          })}
        </Text>
      )}
    </>
  );
}

function Why({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation();
  if (!recipient.reason) return null;
  return (
    <>
      <Text size="sm">{t(`reason.${recipient.reason}`, recipient.reason)}</Text>
      {recipient.detail && (
        <Text size="xs" c="dimmed" lineClamp={2} maw={320}>
          {recipient.detail}
        </Text>
      )}
    </>
  );
}
