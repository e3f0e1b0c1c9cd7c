// All mailings, live: tabs by state, search, figures, and what one can do with each. Tab and search are in the address.
import { Anchor, Stack, Tabs, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch, IconSend } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailingTab } from '../../api/api.ts';
import { queries } from '../../api/queries.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { useCursor } from '../../ui/use-cursor.ts';
import { mailingColumns } from './columns.tsx';
import { mailingLink } from './link.ts';
import { readView, TABS, writeView } from './url-state.ts';
import type { MailingsView } from './url-state.ts';

/** Needed only until the first mailing is on its way. */
const Checklist = lazy(() => import('./checklist.tsx'));

const PAGE_SIZE = 50;
const TYPING_MS = 300;

export default function MailingsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const view = readView(useSearch({ strict: false }));
  const pages = useCursor(`${view.tab} ${view.search}`, PAGE_SIZE);
  const list = useQuery({
    ...queries.mailings({
      tab: view.tab,
      limit: PAGE_SIZE,
      ...(view.search ? { search: view.search } : {}),
      ...(pages.cursor ? { cursor: pages.cursor } : {}),
    }),
    placeholderData: keepPreviousData,
  });
  // A list in which something is on its way, or has been, needs no first steps.
  const mayBeNew = list.data?.items.every((mailing) => mailing.state === 'draft') ?? false;
  const show = (next: Partial<MailingsView>) =>
    void navigate({ to: '/mailings', search: writeView({ ...view, ...next }), replace: true });

  return (
    <Stack gap="md">
      <PageHeader
        title={t('mailings.title')}
        actions={
          <ButtonLink to="/mailings/new" leftSection={<IconPlus size={16} aria-hidden />}>
            {t('mailings.create')}
          </ButtonLink>
        }
      />
      {mayBeNew && (
        <Suspense>
          <Checklist />
        </Suspense>
      )}
      <Tabs value={view.tab} onChange={(tab) => show({ tab: (tab ?? 'all') as MailingTab })} keepMounted={false}>
        <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={view.tab} pt="md">
          <Stack gap="sm">
            <SearchField key={view.tab} value={view.search} onChange={(search) => show({ search })} />
            <DataTable
              label={t('mailings.title')}
              columns={mailingColumns(t)}
              rows={list.data?.items}
              rowKey={(mailing) => mailing.id}
              error={list.error}
              onRetry={() => void list.refetch()}
              updatedAt={list.dataUpdatedAt}
              onRowClick={(mailing) => void navigate(mailingLink(mailing))}
              dense
              pinFirst
              pinLast
              pager={pages.pager(list.data)}
              empty={<Nothing view={view} onClear={() => show({ search: '' })} />}
            />
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (search: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const report = useDebouncedCallback(onChange, TYPING_MS);
  return (
    <TextInput
      type="search"
      aria-label={t('mailings.search')}
      placeholder={t('mailings.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      maw={360}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        report(event.currentTarget.value);
      }}
    />
  );
}

function Nothing({ view, onClear }: { view: MailingsView; onClear: () => void }) {
  const { t } = useTranslation();
  if (view.search) {
    return (
      <EmptyState text={t('mailings.noMatch', { search: view.search })}>
        <Anchor component="button" type="button" onClick={onClear}>
          {t('mailings.clear')}
        </Anchor>
      </EmptyState>
    );
  }
  if (view.tab !== 'all') return <EmptyState text={t(`mailings.empty.${view.tab}`)} />;
  return (
    <EmptyState text={t('mailings.empty.all')} icon={<IconSend size={40} stroke={1.2} />}>
      <ButtonLink to="/mailings/new">{t('mailings.createFirst')}</ButtonLink>
    </EmptyState>
  );
}
