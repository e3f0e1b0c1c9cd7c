// Bots and channels: what is connected and how it is, how to connect another, and what each messenger can do.
import '../../app/mantine-forms.css';
import { Button, SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { IconMessages, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api/queries.ts';
import { TrySimulator } from '../../features/simulator/try-simulator.tsx';
import { useSimulator } from '../../features/simulator/use-simulator.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { BotCard } from './bot-card.tsx';
import { BotDrawer } from './bot-drawer.tsx';
import { CapabilityTable } from './capability-table.tsx';
import { ConnectDrawer } from './connect-drawer.tsx';
import { SimulatorPanel } from './simulator-panel.tsx';

export default function BotsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { connect, bot: openId } = useSearch({ strict: false });
  const bots = useQuery(queries.bots());
  const { data: simulator } = useSimulator();
  const items = bots.data?.items;
  const open = items?.find((bot) => bot.id === openId);
  const show = (search: { connect?: string; bot?: string }) => void navigate({ to: '/bots', search, replace: true });

  return (
    <Stack gap="md" maw={1240}>
      <PageHeader
        title={t('bots.title')}
        actions={
          <ButtonLink to="/bots" search={{ connect: 'new' }} leftSection={<IconPlus size={16} aria-hidden />}>
            {t('bots.connect')}
          </ButtonLink>
        }
      />
      {bots.error && <ErrorState error={bots.error} onRetry={() => void bots.refetch()} />}
      {!items && !bots.error && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} aria-hidden>
          <Skeleton h={150} />
          <Skeleton h={150} />
        </SimpleGrid>
      )}
      {items?.length === 0 && (
        <EmptyState text={t('bots.empty')} icon={<IconMessages size={40} stroke={1.2} />}>
          <Button onClick={() => show({ connect: 'new' })}>{t('bots.connect')}</Button>
        </EmptyState>
      )}
      {items && items.length > 0 && (
        <SimpleGrid
          cols={{ base: 1, sm: 2, lg: 3 }}
          component="ul"
          p={0}
          m={0}
          style={{ listStyle: 'none' }}
          aria-label={t('bots.title')}
        >
          {items.map((bot) => (
            <BotCard key={bot.id} bot={bot} onOpen={() => show({ bot: bot.id })} />
          ))}
        </SimpleGrid>
      )}
      {simulator?.running ? (
        <SimulatorPanel simulator={simulator} />
      ) : (
        items && (
          <div>
            <TrySimulator />
          </div>
        )
      )}
      <CapabilityTable />
      <ConnectDrawer
        key={connect ?? ''}
        opened={connect !== undefined}
        start={connect && connect !== 'new' ? connect : null}
        onClose={() => show({})}
        onConnected={(bot) => show({ bot: bot.id })}
      />
      <BotDrawer bot={open ?? null} onClose={() => show({})} />
    </Stack>
  );
}
