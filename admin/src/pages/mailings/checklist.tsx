// The first steps, above the mailings until the first one is on its way: connect a bot, send yourself a test, create a
// mailing.
import { Box, Button, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api/queries.ts';
import { TrySimulator } from '../../features/simulator/try-simulator.tsx';
import { isFilling, useSimulator } from '../../features/simulator/use-simulator.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/panel.tsx';
import { mailingLink } from './link.ts';

/** Loaded when it is opened. */
const FirstTest = lazy(() => import('../../features/test-send/first-test.tsx'));

export default function Checklist() {
  const { t } = useTranslation();
  const bots = useQuery(queries.bots());
  const newest = useQuery(queries.mailings({ tab: 'all', limit: 50 }));
  const simulator = useSimulator();
  const [tested, setTested] = useLocalStorage({
    key: 'herald-tested',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const [testing, test] = useDisclosure(false);

  if (!bots.data || !newest.data) return null;
  const onItsWay = newest.data.items.some((mailing) => mailing.state !== 'draft');
  if (onItsWay) return null;

  // The website chat is there from the start; a connected bot is one that people can be reached over.
  const connected = bots.data.items.filter((bot) => bot.subscribers > 0 || bot.widget === null);
  const hasBot = connected.length > 0;
  const draft = newest.data.items.find((mailing) => mailing.state === 'draft');
  const filling = isFilling(simulator.data);

  return (
    <Panel title={t('first.title')}>
      <Stack gap={0} component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        <Step
          number={1}
          done={hasBot && !filling}
          title={t('first.bot')}
          text={t('first.botText')}
          active={!hasBot || filling}
        >
          {!filling && (
            <ButtonLink to="/bots" search={{ connect: 'new' }}>
              {t('first.botButton')}
            </ButtonLink>
          )}
          <TrySimulator />
        </Step>
        <Step
          number={2}
          done={tested}
          title={t('first.test')}
          text={t('first.testText')}
          active={hasBot && !tested && !filling}
        >
          <Button variant={tested ? 'default' : 'filled'} onClick={test.open}>
            {t('first.testButton')}
          </Button>
        </Step>
        <Step
          number={3}
          done={false}
          title={t('first.mailing')}
          text={t('first.mailingText')}
          active={hasBot && !filling}
        >
          <ButtonLink
            {...(draft ? mailingLink(draft) : { to: '/mailings/new' })}
            variant={tested ? 'filled' : 'default'}
          >
            {t(draft ? 'first.mailingContinue' : 'mailings.createFirst')}
          </ButtonLink>
        </Step>
      </Stack>
      {testing && (
        <Suspense>
          <FirstTest opened onClose={test.close} bots={connected} onDone={() => setTested(true)} />
        </Suspense>
      )}
    </Panel>
  );
}

interface StepProps {
  number: number;
  done: boolean;
  title: string;
  text: string;
  /** Its buttons are shown. */
  active: boolean;
  children: ReactNode;
}

function Step({ number, done, title, text, active, children }: StepProps) {
  const { t } = useTranslation();
  return (
    <Box
      component="li"
      py="sm"
      style={number > 1 ? { borderTop: '1px solid var(--mantine-color-default-border)' } : undefined}
    >
      <Group align="flex-start" wrap="nowrap" gap="md">
        <ThemeIcon
          size={28}
          radius="xl"
          variant={done ? 'filled' : 'light'}
          color={done ? 'green.9' : active ? 'indigo' : 'gray'}
          aria-hidden
        >
          {done ? (
            <IconCheck size={16} />
          ) : (
            <Text size="sm" fw={600} c="inherit">
              {number}
            </Text>
          )}
        </ThemeIcon>
        <Stack gap="xs" flex={1} miw={0}>
          <div>
            <Text fw={600}>
              {title}
              {done && <Text span size="sm" c="dimmed" fw={400}>{` · ${t('first.done')}`}</Text>}
            </Text>
            {!done && (
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            )}
          </div>
          {active && !done && <Group gap="sm">{children}</Group>}
        </Stack>
      </Group>
    </Box>
  );
}
