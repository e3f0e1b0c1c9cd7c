// The starts of a repeated mailing: those to come, and what came of each that was.
import { Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { queries } from '../../api/queries.ts';
import { FigureCell, Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ErrorState } from '../../ui/states.tsx';

const FIGURES = ['planned', 'sent', 'failed', 'skipped', 'cancelled', 'unconfirmed', 'remaining'] as const;

export default function Starts({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(queries.starts(mailing.id));
  const zone = mailing.settings.repeat?.zone;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton h={160} aria-hidden />;
  const at = (time: number) => <Time key={time} at={time} {...(zone ? { zone } : {})} />;
  return (
    <Panel title={t('starts.title')}>
      {data.next.length > 0 ? (
        <Text size="sm" mb="sm">
          <Text span size="sm" c="dimmed">
            {t('starts.next')}
          </Text>{' '}
          {data.next.map((time, index) => (
            <Fragment key={time}>
              {index > 0 && ' · '}
              {at(time)}
            </Fragment>
          ))}
        </Text>
      ) : (
        <Text size="sm" c="dimmed" mb="sm">
          {t('starts.over')}
        </Text>
      )}
      {data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('starts.none')}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0}>
          <Table fz="sm" className="figures" verticalSpacing={6} aria-label={t('starts.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col" fw={500} c="dimmed">
                  {t('starts.at')}
                </Table.Th>
                {FIGURES.map((figure) => (
                  <Table.Th key={figure} scope="col" fw={500} c="dimmed" ta="end">
                    {t(figure === 'remaining' ? 'starts.remaining' : `figure.${figure}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((start) => (
                <Table.Tr key={start.at}>
                  <Table.Th scope="row" fw={500}>
                    {at(start.at)}
                  </Table.Th>
                  {FIGURES.map((figure) => (
                    <Table.Td key={figure} ta="end">
                      <FigureCell value={start[figure]} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}
