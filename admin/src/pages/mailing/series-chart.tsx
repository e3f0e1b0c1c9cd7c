// Sent, failed, clicked and ordered over time; the same as a table for those who cannot read a chart.
import '@mantine/charts/styles.layer.css';
import { AreaChart } from '@mantine/charts';
import { Switch, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statistics } from '../../../../src/http/api/statistics.ts';
import { Panel } from '../../ui/panel.tsx';
import { useFormat } from '../../ui/use-format.ts';

const HEIGHT = 240;
const SERIES = [
  { name: 'sent', color: 'indigo.5' },
  { name: 'clicks', color: 'teal.6' },
  { name: 'orders', color: 'orange.6' },
  { name: 'failed', color: 'red.6' },
] as const;

export default function SeriesChart({ series }: { series: Statistics['series'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [asTable, setAsTable] = useState(false);
  const shown = SERIES.map(({ name, color }) => ({ name, color, label: t(`chart.${name}`) }));
  const rows = series.points.map((point) => ({ ...point, time: format.time(point.at) }));
  return (
    <Panel
      title={t('chart.title')}
      h="100%"
      beside={
        <Switch
          size="sm"
          label={t('chart.asTable')}
          checked={asTable}
          onChange={(event) => setAsTable(event.currentTarget.checked)}
        />
      }
    >
      {rows.length === 0 && (
        <Text c="dimmed" size="sm" py="xl" ta="center">
          {t('chart.empty')}
        </Text>
      )}
      {rows.length > 0 && asTable && (
        <Table.ScrollContainer minWidth={360} mah={HEIGHT + 30} type="native" tabIndex={0}>
          <Table fz="sm" className="figures" stickyHeader aria-label={t('chart.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('chart.time')}</Table.Th>
                {shown.map(({ name, label }) => (
                  <Table.Th key={name} scope="col" ta="end">
                    {label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.at}>
                  <Table.Th scope="row" fw={400}>
                    {row.time}
                  </Table.Th>
                  {shown.map(({ name }) => (
                    <Table.Td key={name} ta="end">
                      {format.number(row[name])}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {rows.length > 0 && !asTable && (
        <figure aria-label={t('chart.description')} style={{ margin: 0 }}>
          <AreaChart
            h={HEIGHT}
            data={rows}
            dataKey="time"
            series={shown}
            curveType="monotone"
            withDots={rows.length < 3}
            withLegend
            legendProps={{ verticalAlign: 'bottom' }}
            tickLine="none"
            gridAxis="y"
            strokeWidth={2}
            fillOpacity={0.12}
            valueFormatter={format.number}
            areaProps={{ isAnimationActive: false }}
            yAxisProps={{ width: 44, allowDecimals: false }}
            xAxisProps={{ minTickGap: 40 }}
          />
        </figure>
      )}
    </Panel>
  );
}
