// Before a mailing starts: "Starting in 10 s · Undo" while it is held, or the set time and the way to change it.
import { Box, Button, Group, Paper, Progress, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { keys } from '../../api/queries.ts';
import { Time } from '../../ui/figures.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useSession } from '../../ui/use-session.ts';
import { hindranceOf } from '../mailings/asks.ts';
import { useMailingCommands } from '../mailings/commands.ts';
import { EndButton } from './series-choice.tsx';
import { useNow } from './use-now.ts';
import { WaitingLine } from './waiting-line.tsx';

const TICK_MS = 250;
const ASK_MS = 1000;

export function HoldBar({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { workspace } = useSession();
  const commands = useMailingCommands(mailing);
  const now = useNow(TICK_MS);
  const due = mailing.dueAt !== null && now >= mailing.dueAt;
  useAskUntilStarted(mailing.id, due);
  if (mailing.dueAt === null) return null;
  const waiting = hindranceOf(mailing);
  const left = Math.max(0, mailing.dueAt - now);
  /** Between two of its starts. */
  const series = mailing.repeats && mailing.starts > 0;
  const held = !mailing.repeats && mailing.settings.when.mode === 'now';
  const seconds = Math.ceil(left / 1000);
  const hold = Math.max(1, workspace.holdSeconds) * 1000;
  return (
    <Paper withBorder radius="lg" p="md" bg="var(--herald-surface)" component="section" aria-label={t('hold.label')}>
      <Group justify="space-between" gap="sm">
        <Text fw={600} className="figures">
          {held && (seconds > 0 ? t('hold.starting', { time: format.duration(seconds) }) : t('hold.now'))}
          {series && mailing.dueAt !== null && (
            <>
              {t('starts.nextAt')} <Time at={mailing.dueAt} {...zoneOf(mailing)} withZone />
              {` · ${format.relative(mailing.dueAt, now)}`}
            </>
          )}
          {!held && !series && (
            <>
              {t('hold.scheduled')} <Time at={mailing.dueAt} {...zoneOf(mailing)} withZone />
              {` · ${format.relative(mailing.dueAt, now)}`}
            </>
          )}
        </Text>
        {series ? (
          <Group gap="xs">
            <ButtonLink to="/mailings/$id/edit" params={{ id: mailing.id }} variant="default" size="xs">
              {t('starts.edit')}
            </ButtonLink>
            <EndButton mailing={mailing} />
          </Group>
        ) : (
          <Button variant={held ? 'filled' : 'default'} loading={commands.busy} onClick={commands.unschedule}>
            {t(held ? 'action.undo' : 'mailings.unschedule')}
          </Button>
        )}
      </Group>
      {waiting && (
        <Box mt="sm">
          <WaitingLine mailing={mailing} waiting={waiting} />
        </Box>
      )}
      {held && <Progress mt="sm" size={5} value={Math.min(100, (left / hold) * 100)} aria-label={t('hold.label')} />}
    </Paper>
  );
}

const zoneOf = ({ zone }: Mailing): { zone?: string } => (zone ? { zone } : {});

/** The moment has come: asks every second, lest the page waits for a live event that got lost. */
function useAskUntilStarted(id: string, due: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!due) return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: keys.mailing(id) }), ASK_MS);
    return () => clearInterval(timer);
  }, [client, id, due]);
}
