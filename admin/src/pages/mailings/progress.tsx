// How far a mailing is, in one cell: percent and bar while sending, the countdown before, where it stopped.
import { Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MailingRow } from '../../../../src/http/api/mailings.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { hindranceOf, questionOf } from './asks.ts';

/** Those with an outcome. */
export const settled = ({ figures }: MailingRow): number => figures.planned - figures.remaining;

export const percentDone = (mailing: MailingRow): number =>
  mailing.figures.planned === 0 ? 0 : Math.floor((settled(mailing) / mailing.figures.planned) * 100);

export function MailingStatus({ mailing }: { mailing: MailingRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const note = useStatusNote(mailing);
  const badge = <StatusBadge of="mailing" status={mailing.state} />;
  return (
    <Stack gap={4}>
      <Group gap={6} wrap="nowrap">
        {mailing.reason && mailing.state === 'failed' ? (
          <Tooltip label={t(`failed.${mailing.reason}`, mailing.reason)}>{badge}</Tooltip>
        ) : (
          badge
        )}
        {mailing.state === 'sending' && (
          <Text size="xs" className="figures">
            {format.share(settled(mailing), mailing.figures.planned)}
          </Text>
        )}
      </Group>
      {mailing.state === 'sending' && (
        <Progress size={5} value={percentDone(mailing)} aria-label={t('mailing.progress', { name: mailing.name })} />
      )}
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Stack>
  );
}

const secondsUntil = (at: number): number => Math.max(1, (at - Date.now()) / 1000);

/** The line under a status: what happens next, or how far it got. */
export function useStatusNote(mailing: MailingRow): string | null {
  const { t } = useTranslation();
  const format = useFormat();
  switch (mailing.state) {
    case 'sending':
      if (mailing.waiting) return mailing.waiting.text;
      if (!mailing.expectedEndAt) return null;
      return t('mailing.left', { time: format.duration(secondsUntil(mailing.expectedEndAt)) });
    case 'scheduled': {
      if (mailing.dueAt === null) return null;
      const hindrance = hindranceOf(mailing);
      if (hindrance) return hindrance.text;
      return mailing.repeats
        ? t('mailing.repeats', { next: format.relative(mailing.dueAt) })
        : format.relative(mailing.dueAt);
    }
    case 'stopped': {
      const question = questionOf(mailing);
      if (question) return t(`asks.${question}`);
      return t('mailing.stoppedAt', {
        done: format.number(settled(mailing)),
        planned: format.number(mailing.figures.planned),
      });
    }
    case 'draft':
    case 'sent':
    case 'failed':
      return null;
  }
}
