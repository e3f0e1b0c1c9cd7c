// The simulated messengers: what each has counted, more people or messengers, and how all the people behave.
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Simulator } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { SimulatorForm } from '../../features/simulator/simulator-form.tsx';
import { TrySimulator } from '../../features/simulator/try-simulator.tsx';
import { isFilling } from '../../features/simulator/use-simulator.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import { DASH } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import { SimulatorBehaviourFields } from './simulator-behaviour.tsx';

export function SimulatorPanel({ simulator }: { simulator: Simulator }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [adding, add] = useDisclosure(false);
  const stop = useMutation({
    mutationFn: api.simulator.stop,
    onSuccess: () => client.invalidateQueries(),
    onError: toastError,
  });
  const { persons, shared } = simulator;

  return (
    <Panel
      title={t('simulator.title')}
      beside={
        <Button variant="default" size="xs" loading={stop.isPending} onClick={() => stop.mutate()}>
          {t('simulator.stop')}
        </Button>
      }
    >
      <Stack gap="md">
        {isFilling(simulator) ? (
          <TrySimulator />
        ) : (
          <Text size="sm" c="dimmed" className="figures">
            {t('simulator.who', { count: persons, people: format.number(persons) })}
            {shared > 0 ? ` ${t('simulator.shared', { count: shared, people: format.number(shared) })}` : ''}
          </Text>
        )}
        <Messengers messengers={simulator.messengers} />
        {adding ? (
          <SimulatorForm simulator={simulator} onCancel={add.close} onStarted={add.close} />
        ) : (
          <Group>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPlus size={14} aria-hidden />}
              disabled={isFilling(simulator)}
              onClick={add.open}
            >
              {t(simulator.channels.length > 1 ? 'simulator.addMore' : 'simulator.addPeople')}
            </Button>
          </Group>
        )}
        <SimulatorBehaviourFields simulator={simulator} />
      </Stack>
    </Panel>
  );
}

function Messengers({ messengers }: Pick<Simulator, 'messengers'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const channels = useChannels();
  return (
    <Table.ScrollContainer minWidth={330} type="native" tabIndex={0}>
      <Table verticalSpacing={6} fz="sm" aria-label={t('simulator.messengers')} className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('simulator.messenger')}</Table.Th>
            <Table.Th ta="end">{t('simulator.subscribed')}</Table.Th>
            <Table.Th ta="end">{t('simulator.received')}</Table.Th>
            <Table.Th ta="end">{t('simulator.throttled')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {messengers.map((one) => {
            const channel = channels.get(one.channel);
            const figure = (value: number) => (one.running ? format.number(value) : DASH);
            return (
              <Table.Tr key={one.channel}>
                <Table.Td>
                  <Group gap={8} wrap="nowrap">
                    {channel && <ChannelMark channel={channel} size={22} />}
                    <span>
                      {channels.title(one.channel)}
                      {!one.running && (
                        <Text span size="sm" c="dimmed">
                          {` · ${t('simulator.stopped')}`}
                        </Text>
                      )}
                    </span>
                  </Group>
                </Table.Td>
                <Table.Td ta="end">{figure(one.filled)}</Table.Td>
                <Table.Td ta="end">{figure(one.received)}</Table.Td>
                <Table.Td ta="end">{figure(one.throttled)}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
