// How it was sent: every setting as it was when sending started.
import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { useViaSentence } from '../../features/sending/what-happens.tsx';
import { useSendingWords } from '../../features/sending/use-words.ts';
import { DASH } from '../../ui/format.ts';
import { Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useFormat } from '../../ui/use-format.ts';

export default function SettingsTab({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useSendingWords();
  const viaSentence = useViaSentence();
  const { settings } = mailing;
  const { speed, via } = settings;
  const rule = (name: Parameters<typeof words.sentence>[0]) =>
    words.sentence(name, settings) ?? (
      <Text span size="sm" c="dimmed">
        {t('setting.none')}
      </Text>
    );
  const rows: [string, ReactNode][] = [
    [
      'speed',
      speed === null ? t('speed.unlimited') : t('speed.perSecond', { count: speed, number: format.number(speed) }),
    ],
    ['via', viaSentence(via) ?? t('via.main')],
    ['when', <When key="when" mailing={mailing} />],
    ['repeat', rule('repeat')],
    ['quietHours', rule('quietHours')],
    ['frequencyCap', rule('frequencyCap')],
    ['latest', rule('latest')],
    ['canary', rule('canary')],
    ['author', mailing.author ?? DASH],
    ['created', <Time key="created" at={mailing.createdAt} withZone />],
  ];
  return (
    <Panel maw={760}>
      <Table variant="vertical" fz="sm" verticalSpacing="xs" layout="fixed">
        <Table.Tbody>
          {rows.map(([key, value]) => (
            <Table.Tr key={key}>
              <Table.Th w={{ base: 120, sm: 200 }} scope="row">
                {t(`mailing.setting.${key}`)}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function When({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const words = useSendingWords();
  const { when } = mailing.settings;
  switch (when.mode) {
    case 'now':
      return t('when.now');
    case 'at':
      return <Time at={mailing.dueAt ?? mailing.startedAt} zone={when.zone} withZone />;
    case 'person':
      return words.person(when).join(' ');
  }
}
