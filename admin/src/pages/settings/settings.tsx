// The workspace's settings, one's own language, the keys for programs; how mailings are sent; how the server is doing.
import '../../app/mantine-forms.css';
import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.tsx';

const CONTENT = {
  general: lazy(() => import('./general-tab.tsx')),
  sending: lazy(() => import('./sending-tab.tsx')),
  health: lazy(() => import('./health-tab.tsx')),
} as const;
type Tab = keyof typeof CONTENT;
const TABS = Object.keys(CONTENT) as Tab[];

export default function SettingsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { tab: asked } = useSearch({ strict: false });
  const tab = TABS.find((name) => name === asked) ?? 'general';
  const Content = CONTENT[tab];
  return (
    <Stack gap={0} maw={760}>
      <PageHeader title={t('settings.title')} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          void navigate({
            to: '/settings',
            search: { tab: next === 'general' || next === null ? undefined : next },
            replace: true,
          })
        }
      >
        <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Suspense fallback={<Skeleton h={320} radius="lg" aria-hidden />}>
            <Content />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
