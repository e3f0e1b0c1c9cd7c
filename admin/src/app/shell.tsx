// The frame around every page behind the sign-in: top bar, menu, and the live stream. The menu names what works.
import { AppShell, Burger, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMessages, IconSend, IconSettings, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../api/live.ts';
import { queries } from '../api/queries.ts';
import { useSession } from '../ui/use-session.ts';
import { AccountMenu } from './account-menu.tsx';
import { LanguageMenu } from './language-menu.tsx';
import { RunningPill } from './running-pill.tsx';
import { SchemeButton } from './scheme-button.tsx';
import classes from './shell.module.css';

/** Needed only where something is wrong. */
const AttentionBanner = lazy(() => import('./attention-banner.tsx'));
const RenewalBanner = lazy(() => import('./renewal-banner.tsx'));
/** Needed only where a server was restored. */
const CopyBanner = lazy(() => import('./copy-banner.tsx'));

const MENU = [
  { to: '/mailings', label: 'menu.mailings', icon: IconSend },
  { to: '/subscribers', label: 'menu.subscribers', icon: IconUsers },
  { to: '/bots', label: 'menu.bots', icon: IconMessages },
  { to: '/settings', label: 'menu.settings', icon: IconSettings },
] as const;

export function Shell() {
  const { t } = useTranslation();
  const { workspace, copy } = useSession();
  const [opened, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const live = useLive(useQueryClient());
  const bots = useQuery(queries.bots());
  const refused = bots.data?.items.filter((bot) => bot.status === 'attention') ?? [];
  const ending = bots.data?.items.filter((bot) => bot.renewalFailed !== null && bot.status !== 'attention') ?? [];
  useEffect(close, [path, close]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'lg' }}
      transitionDuration={150}
    >
      <a className="skip-link" href="#content">
        {t('menu.skip')}
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t(opened ? 'menu.close' : 'menu.open')}
            />
            <Link to="/mailings" className={classes.brand}>
              <img src="/herald.svg" alt="" width={26} height={26} />
              <span className={classes.workspace}>{workspace.name}</span>
            </Link>
          </Group>
          <Group gap={4} wrap="nowrap">
            <RunningPill />
            <LanguageMenu />
            <SchemeButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.nav} p="sm" aria-label={t('menu.label')}>
        <Stack gap={4}>
          {MENU.map(({ to, label, icon: Icon }) => (
            <Link key={to} to={to} className={classes.link} activeOptions={{ exact: false }}>
              <Icon size={20} stroke={1.6} aria-hidden />
              {t(label)}
            </Link>
          ))}
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="content" className={classes.main} tabIndex={-1}>
        {copy && (
          <Suspense>
            <CopyBanner copy={copy} />
          </Suspense>
        )}
        {refused.length > 0 && (
          <Suspense>
            <AttentionBanner bots={refused} />
          </Suspense>
        )}
        {ending.length > 0 && (
          <Suspense>
            <RenewalBanner bots={ending} />
          </Suspense>
        )}
        {live === 'paused' && (
          <Text size="sm" c="dimmed" mb="sm" aria-live="polite">
            {t('live.paused')}
          </Text>
        )}
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

function PageSkeleton() {
  return (
    <Stack gap="md" aria-hidden>
      <Skeleton h={28} w={220} />
      <Skeleton h={44} />
      <Skeleton h={280} />
    </Stack>
  );
}
