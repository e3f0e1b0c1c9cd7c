// A mailing under way: how far it is, how long it still takes, its speed, and Stop; or, when stopped, Continue.
import { Button, Group, Paper, Progress, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useMailingCommands } from '../mailings/commands.ts';
import { questionOf } from '../mailings/asks.ts';
import { percentDone, settled } from '../mailings/progress.tsx';
import { StopDialog } from '../mailings/stop-dialog.tsx';
import { SeriesChoice } from './series-choice.tsx';
import { SpeedControl } from './speed-control.tsx';
import { useNow } from './use-now.ts';
import { WaitingLine } from './waiting-line.tsx';

const ANNOUNCE_MS = 5000;
const TICK_MS = 1000;

export function LiveBar({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const commands = useMailingCommands(mailing);
  const note = useForecast(mailing);
  const [stopping, stop] = useDisclosure(false);
  const sending = mailing.state === 'sending';
  const { planned, remaining } = mailing.figures;
  const share = format.share(settled(mailing), planned);
  return (
    <Paper withBorder radius="lg" p="md" bg="var(--herald-surface)" component="section" aria-label={t('live.label')}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Group gap="md" align="baseline">
            <Text fz={22} fw={600} lh={1.2}>
              {share}
            </Text>
            <Text size="sm" c="dimmed" className="figures">
              {t('live.done', { done: format.number(settled(mailing)), planned: format.number(planned) })}
              {sending && remaining > 0 && note ? ` · ${note}` : ''}
            </Text>
          </Group>
          {sending ? (
            <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={stop.open}>
              {t('mailings.stop')}
            </Button>
          ) : (
            questionOf(mailing) === null && (
              <Button
                leftSection={<IconPlayerPlay size={16} aria-hidden />}
                loading={commands.busy}
                onClick={commands.continue}
              >
                {t('live.continue')}
              </Button>
            )
          )}
        </Group>
        <Progress
          value={percentDone(mailing)}
          color={sending ? 'indigo' : 'orange'}
          size={8}
          aria-label={t('mailing.progress', { name: mailing.name })}
        />
        {sending && mailing.waiting && <WaitingLine mailing={mailing} waiting={mailing.waiting} />}
        {sending && <SpeedControl mailing={mailing} />}
        {!sending && mailing.repeats && !mailing.late && <SeriesChoice mailing={mailing} />}
        {!sending && remaining > 0 && (
          <Text size="sm" c="dimmed">
            {t('live.stopped', { count: remaining, people: format.number(remaining) })}
          </Text>
        )}
      </Stack>
      <Announcer text={t('live.announce', { share })} />
      <StopDialog mailing={mailing} opened={stopping} onClose={stop.close} onStop={commands.stop} />
    </Paper>
  );
}

/** How long it still takes and when it ends; null while it waits, since nobody knows then. */
function useForecast(mailing: Mailing): string | null {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(TICK_MS);
  const { expectedEndAt: end, waiting } = mailing;
  if (end === null || waiting !== null) return null;
  return t('live.ends', { time: format.duration(Math.max(1, (end - now) / 1000)), at: format.time(end) });
}

/** Says the progress politely, at most every five seconds. */
function Announcer({ text }: { text: string }) {
  const latest = useRef(text);
  const [said, setSaid] = useState('');
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, []);
  return <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>;
}
