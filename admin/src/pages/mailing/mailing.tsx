// One mailing: its state above, and below it the figures, what was sent, to whom, how, and what came of each person.
import '../../app/mantine-forms.css';
import { Alert, Button, Skeleton, Stack, Tabs } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { ApiProblem } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { Time } from '../../ui/figures.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { NotFoundPage } from '../lost.tsx';
import { useMailingCommands } from '../mailings/commands.ts';
import { HoldBar } from './hold-bar.tsx';
import { LateQuestion } from './late-question.tsx';
import { LiveBar } from './live-bar.tsx';

/** Only few mailings start with a few people. */
const CanaryReport = lazy(async () => ({ default: (await import('./canary-report.tsx')).CanaryReport }));

const CONTENT = {
  statistics: lazy(() => import('./statistics.tsx')),
  message: lazy(() => import('./message-tab.tsx')),
  audience: lazy(() => import('./audience-tab.tsx')),
  settings: lazy(() => import('./settings-tab.tsx')),
  recipients: lazy(() => import('./recipients-tab.tsx')),
  orders: lazy(() => import('./orders-tab.tsx')),
} as const;
type Tab = keyof typeof CONTENT;
const TABS = Object.keys(CONTENT) as Tab[];

export default function MailingPage() {
  const { id = '' } = useParams({ strict: false });
  const mailing = useQuery(queries.mailing(id));
  if (mailing.error instanceof ApiProblem && mailing.error.status === 404) return <NotFoundPage />;
  if (mailing.data) return <Content mailing={mailing.data} />;
  if (mailing.error) return <ErrorState error={mailing.error} onRetry={() => void mailing.refetch()} />;
  return <PanelSkeleton />;
}

function Content({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const commands = useMailingCommands(mailing);
  const { tab: asked } = useSearch({ strict: false });
  const tab = TABS.find((name) => name === asked) ?? 'statistics';
  const Panel = CONTENT[tab];
  const underWay =
    mailing.state === 'sending' ||
    // Nothing has begun where a whole start was too late.
    (mailing.state === 'stopped' && mailing.deletedAt === null && (!mailing.late || mailing.figures.remaining > 0));
  const show = (next: string | null) =>
    void navigate({
      to: '/mailings/$id',
      params: { id: mailing.id },
      search: { tab: next === 'statistics' || next === null ? undefined : next },
      replace: true,
    });
  return (
    <Stack gap="md" maw={1240}>
      <PageHeader
        title={mailing.name}
        beside={<StatusBadge of="mailing" status={mailing.state} />}
        text={<Dates mailing={mailing} />}
        actions={
          <>
            {mailing.state === 'draft' && mailing.deletedAt === null && (
              <ButtonLink to="/mailings/$id/edit" params={{ id: mailing.id }}>
                {t('mailings.edit')}
              </ButtonLink>
            )}
            <Button
              variant="default"
              leftSection={<IconCopy size={16} aria-hidden />}
              loading={commands.busy}
              onClick={commands.copy}
            >
              {t('mailings.copy')}
            </Button>
          </>
        }
      />
      {mailing.deletedAt !== null && (
        <Alert color="gray" title={t('mailing.inTrash')}>
          <Button variant="default" size="xs" onClick={commands.restore}>
            {t('mailings.restore')}
          </Button>
        </Alert>
      )}
      {mailing.state === 'failed' && (
        <Alert color="red" title={t('mailing.failed')}>
          <Stack gap="xs" align="flex-start">
            {t(`failed.${mailing.reason ?? 'other'}`, t('failed.other'))}
            <Button variant="default" size="xs" onClick={commands.unschedule}>
              {t('mailings.backToDraft')}
            </Button>
          </Stack>
        </Alert>
      )}
      {mailing.late && <LateQuestion mailing={mailing} late={mailing.late} />}
      {mailing.state === 'scheduled' && <HoldBar mailing={mailing} />}
      {underWay && <LiveBar mailing={mailing} />}
      {mailing.settings.canary !== null && mailing.startedAt !== null && (
        <Suspense>
          <CanaryReport mailing={mailing} />
        </Suspense>
      )}
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name} {...(name === tab ? { ref: intoView } : {})}>
              {t(`mailing.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Suspense fallback={<PanelSkeleton />}>
            <Panel mailing={mailing} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** On a phone the tabs are wider than the page; the open one is seen. */
const intoView = (tab: HTMLElement | null): void => tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

function Dates({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  if (mailing.startedAt === null) return t('mailing.created', { author: mailing.author ?? '–' });
  return (
    <>
      {t('mailing.started')} <Time at={mailing.startedAt} withZone />
      {mailing.finishedAt !== null && (
        <>
          {` · ${t('mailing.finished')} `}
          <Time at={mailing.finishedAt} />
        </>
      )}
    </>
  );
}

function PanelSkeleton() {
  return (
    <Stack gap="md" aria-hidden>
      <Skeleton h={28} w={260} />
      <Skeleton h={96} />
      <Skeleton h={260} />
    </Stack>
  );
}
