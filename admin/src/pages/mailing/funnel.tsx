// From sent to paid, as bars of one length scale. Each step's share is of those sent; of opens only of those sent where opens
// are reported, as in the tiles. A step nobody reports is left out.
import { Box, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Figures, Statistics } from '../../../../src/http/api/statistics.ts';
import { Panel } from '../../ui/panel.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import { sentWhereReported } from './rates.ts';

const SHORTEST_BAR = 0.5;

/** People at each step, in order. Clicks on a link, a Buy button and a message button are each unique people; the widest
 * of the three is the surest lower bound for "clicked". Exported for its tests. */
export function funnelSteps(figures: Figures): { key: string; people: number }[] {
  return [
    { key: 'sent', people: figures.sent },
    ...(figures.opened === null ? [] : [{ key: 'opened', people: figures.opened }]),
    { key: 'clicked', people: Math.max(figures.linkPeople, figures.buyPeople, figures.buttonPeople) },
    { key: 'ordered', people: figures.orders },
    { key: 'paid', people: figures.sales },
  ];
}

export function Funnel({ statistics }: { statistics: Statistics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const channels = useChannels();
  const { figures, reporting } = statistics;
  const reported = sentWhereReported(statistics, 'opened');
  const telling = reporting.filter(({ opened }) => opened).map(({ channel }) => channels.title(channel));
  return (
    <Panel title={t('funnel.title')} h="100%">
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        {funnelSteps(figures).map(({ key, people }) => (
          <li key={key}>
            <Group justify="space-between" gap="xs">
              <Text size="sm">{t(`funnel.${key}`)}</Text>
              <Text size="sm" className="figures">
                {format.number(people)}
                {key !== 'sent' && (
                  <Text span c="dimmed" size="sm">
                    {` · ${format.share(people, key === 'opened' ? reported : figures.sent)}`}
                  </Text>
                )}
              </Text>
            </Group>
            <Box
              h={10}
              mt={4}
              bg="light-dark(var(--mantine-color-gray-1), var(--mantine-color-dark-5))"
              style={{ borderRadius: 5 }}
              aria-hidden
            >
              <Box
                h={10}
                w={figures.sent === 0 || people === 0 ? 0 : `${Math.max(SHORTEST_BAR, (people / figures.sent) * 100)}%`}
                maw="100%"
                bg="indigo"
                style={{ borderRadius: 5 }}
              />
            </Box>
          </li>
        ))}
      </Stack>
      <Text size="xs" c="dimmed" mt="sm">
        {t('funnel.base')}
        {figures.opened !== null &&
          reported !== figures.sent &&
          ` ${t('funnel.openedBase', {
            channels: new Intl.ListFormat(format.language).format(telling),
            base: format.number(reported),
          })}`}
      </Text>
    </Panel>
  );
}
