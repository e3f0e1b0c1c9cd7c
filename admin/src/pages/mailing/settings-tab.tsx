// How it was sent.
import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { queries } from '../../api/queries.ts';
import { Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useFormat } from '../../ui/use-format.ts';

export default function SettingsTab({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: bots } = useQuery(queries.bots());
  const { speed, via, when } = mailing.settings;
  const nameOf = (id: string) => bots?.items.find((bot) => bot.id === id)?.name ?? id;
  const rows: [string, ReactNode][] = [
    [
      'speed',
      speed === null ? t('speed.unlimited') : t('speed.perSecond', { count: speed, number: format.number(speed) }),
    ],
    [
      'via',
      via.mode === 'main'
        ? t('via.main')
        : t(via.each ? 'via.each' : 'via.order', {
            bots: new Intl.ListFormat(format.language).format(via.bots.map(nameOf)),
          }),
    ],
    [
      'when',
      when.mode === 'now' ? (
        t('when.now')
      ) : (
        <Time
          key="when"
          at={mailing.dueAt ?? mailing.startedAt}
          {...(when.mode === 'at' ? { zone: when.zone } : {})}
          withZone
        />
      ),
    ],
    ['author', mailing.author ?? '–'],
    ['created', <Time key="created" at={mailing.createdAt} withZone />],
  ];
  return (
    <Panel maw={640}>
      <Table variant="vertical" fz="sm" verticalSpacing="xs">
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
