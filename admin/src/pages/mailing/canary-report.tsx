// The first few people of a mailing against the rest: how long they are still watched, or what they did too often; then a
// person decides.
import { Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { CanaryReport as Report } from '../../../../src/http/api/engine.ts';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMailingCommands } from '../mailings/commands.ts';
import { canaryShare, CANARY_LIMITS } from './canary.ts';

/** Nothing until the figures are there, and where everybody was among the first. */
export function CanaryReport({ mailing }: { mailing: Mailing }) {
  const report = useQuery(queries.statistics(mailing.id)).data?.canary;
  return report ? <Shown mailing={mailing} report={report} /> : null;
}

function Shown({ mailing, report }: { mailing: Mailing; report: Report }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Paper withBorder radius="lg" p="md" bg="var(--herald-surface)" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} id={id}>
            {t('canary.title')}
          </Title>
          <Text size="sm" fw={500} aria-live="polite">
            <Standing report={report} />
          </Text>
        </Group>
        {report.state === 'failed' && <Decision mailing={mailing} report={report} />}
        <Figures report={report} />
      </Stack>
    </Paper>
  );
}

/** Where it stands, in a few words. */
function Standing({ report: { state, until } }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (state === 'watching' && until !== null) return t('canary.watching', { time: format.time(until) });
  return t(`canary.state.${state}`);
}

function Decision({ mailing, report }: { mailing: Mailing; report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const commands = useMailingCommands(mailing);
  const [asking, ask] = useDisclosure(false);
  /** It is stopped already: to leave it so is only to have said so. */
  const [left, leave] = useDisclosure(false);
  const rest = mailing.figures.remaining;
  const count = { count: rest, people: format.number(rest) };
  const { verdict } = report;
  return (
    <Notice icon={<IconAlertTriangle size={18} aria-hidden />}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {verdict &&
            t(`canary.passed.${verdict.threshold}`, {
              share: format.share(verdict.count, verdict.tried),
              limit: format.share(verdict.limit, 100),
            })}{' '}
          {t('canary.held', count)} {left && t('canary.left')}
        </Text>
        <Group gap="xs">
          {!left && (
            <Button variant="default" size="xs" onClick={leave.open}>
              {t('canary.leave')}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={ask.open} disabled={rest === 0}>
            {t('canary.anyway', count)}
          </Button>
        </Group>
      </Stack>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('canary.anywayTitle', count)}
        confirm={t('canary.anywayConfirm', count)}
        onConfirm={commands.goOn}
      >
        {t('canary.anywayText')}
      </ConfirmDialog>
    </Notice>
  );
}

function Figures({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = ['people', 'sent', ...CANARY_LIMITS] as const;
  const cell = (group: 'first' | 'rest', row: (typeof rows)[number]) => {
    const figures = report[group];
    if (row === 'people' || row === 'sent') return format.number(figures[row]);
    const share = canaryShare(figures, row);
    return share === null ? format.number(figures[row]) : `${format.number(figures[row])} · ${format.share(share, 1)}`;
  };
  return (
    <Table fz="sm" className="figures" verticalSpacing={6} maw={560} aria-label={t('canary.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Td />
          <Table.Th scope="col" ta="end" fw={500}>
            {t('canary.first')}
          </Table.Th>
          <Table.Th scope="col" ta="end" fw={500}>
            {t('canary.rest')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row}>
            <Table.Th scope="row" fw={400}>
              {t(`canary.row.${row}`)}
              {row !== 'people' && row !== 'sent' && (
                <Text span size="xs" c="dimmed">
                  {` ${t('canary.atMost', { limit: format.share(report.limits[row], 100) })}`}
                </Text>
              )}
            </Table.Th>
            <Table.Td
              ta="end"
              {...(report.verdict?.threshold === row ? { c: 'var(--mantine-color-error)', fw: 600 } : {})}
            >
              {cell('first', row)}
            </Table.Td>
            <Table.Td ta="end">{cell('rest', row)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
