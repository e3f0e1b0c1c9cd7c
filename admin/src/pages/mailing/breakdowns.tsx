// The same figures by messenger and by button.
import { Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { Statistics } from '../../../../src/http/api/statistics.ts';
import { FigureCell } from '../../ui/figures.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useChannels } from '../../ui/use-channels.ts';

const CHANNEL_FIGURES = [
  'planned',
  'sent',
  'failed',
  'delivered',
  'opened',
  'linkPeople',
  'buttonPeople',
  'buyPeople',
  'orders',
  'sales',
] as const;
const BUTTON_FIGURES = ['people', 'clicks', 'orders', 'sales'] as const;

function FigureTable({ title, head, children }: { title: string; head: readonly string[]; children: ReactNode }) {
  return (
    <Panel title={title}>
      <Table.ScrollContainer minWidth={head.length * 90} type="native" tabIndex={0}>
        <Table fz="sm" className="figures" verticalSpacing={6} aria-label={title} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {head.map((name, index) => (
                <Table.Th
                  key={name}
                  scope="col"
                  fw={500}
                  c="dimmed"
                  ta={index === 0 ? 'start' : 'end'}
                  style={{ whiteSpace: 'nowrap' }}
                >
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

export function ChannelsPanel({ statistics }: { statistics: Statistics }) {
  const { t } = useTranslation();
  const channels = useChannels();
  if (statistics.byChannel.length === 0) return null;
  return (
    <FigureTable
      title={t('statistics.byChannel')}
      head={[t('statistics.channel'), ...CHANNEL_FIGURES.map((figure) => t(`figure.${figure}`))]}
    >
      {statistics.byChannel.map(({ channel, figures }) => (
        <Table.Tr key={channel}>
          <Table.Th scope="row" fw={500}>
            {channels.title(channel)}
          </Table.Th>
          {CHANNEL_FIGURES.map((figure) => (
            <Table.Td key={figure} ta="end">
              <FigureCell value={figures[figure]} />
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </FigureTable>
  );
}

export function ButtonsPanel({ statistics }: { statistics: Statistics }) {
  const { t } = useTranslation();
  const channels = useChannels();
  if (statistics.byButton.length === 0) return null;
  const several = new Set(statistics.byButton.map((button) => button.channel)).size > 1;
  return (
    <FigureTable
      title={t('statistics.byButton')}
      head={[t('statistics.button'), ...BUTTON_FIGURES.map((figure) => t(`statistics.${figure}`))]}
    >
      {statistics.byButton.map((button) => (
        <Table.Tr key={`${button.channel} ${button.buttonId}`}>
          <Table.Th scope="row" fw={500}>
            <span dir="auto">{button.label}</span>
            <Text span size="xs" c="dimmed" fw={400}>
              {` · ${t(`button.${button.kind}`)}${several && button.channel !== '*' ? ` · ${channels.title(button.channel)}` : ''}`}
            </Text>
          </Table.Th>
          {BUTTON_FIGURES.map((figure) => (
            <Table.Td key={figure} ta="end">
              <FigureCell value={button[figure]} />
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </FigureTable>
  );
}
