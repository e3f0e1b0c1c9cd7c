// How the simulated people behave. Every slider has its number; a change is used from the next message on.
import { Button, Group, NumberInput, SimpleGrid, Slider, Stack, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Simulator, SimulatorBehaviour } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { TrySimulator } from '../../features/simulator/try-simulator.tsx';
import { isFilling } from '../../features/simulator/use-simulator.ts';
import { Panel } from '../../ui/panel.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';

const CHANCES = ['open', 'press', 'buy', 'pay', 'reply', 'block'] as const;
type Chance = (typeof CHANCES)[number];
const SETTLE_MS = 300;

export function SimulatorPanel({ simulator }: { simulator: Simulator }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [behaviour, setBehaviour] = useState(simulator.behaviour);
  const keep = (state: Simulator) => client.setQueryData(keys.simulator, state);
  const patch = useMutation({ mutationFn: api.simulator.patch, onSuccess: keep, onError: toastError });
  const send = useDebouncedCallback((change: SimulatorBehaviour) => patch.mutate(change), SETTLE_MS);
  const stop = useMutation({
    mutationFn: api.simulator.stop,
    onSuccess: () => client.invalidateQueries(),
    onError: toastError,
  });
  const change = (part: SimulatorBehaviour) => {
    const next = { ...behaviour, ...part };
    setBehaviour(next);
    send(next);
  };

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
            {t('simulator.counted', {
              people: format.number(simulator.people),
              received: format.number(simulator.received),
              throttled: format.number(simulator.throttled),
            })}
          </Text>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing={{ base: 'md', sm: 32 }} verticalSpacing="md">
          {CHANCES.map((chance) => (
            <ChanceSlider
              key={chance}
              chance={chance}
              value={behaviour[chance] ?? 0}
              onChange={(value) => change({ [chance]: value })}
            />
          ))}
        </SimpleGrid>
        <NumberInput
          label={t('simulator.delay')}
          suffix={` ${format.millisecond}`}
          min={0}
          max={10_000}
          step={50}
          maw={220}
          value={behaviour.delay ?? 0}
          onChange={(value) => typeof value === 'number' && change({ delay: Math.round(value) })}
        />
      </Stack>
    </Panel>
  );
}

function ChanceSlider({
  chance,
  value,
  onChange,
}: {
  chance: Chance;
  value: number;
  onChange: (value: number) => void;
}) {
  const { t } = useTranslation();
  const label = t(`simulator.${chance}`);
  const percent = Math.round(value * 100);
  return (
    <Stack gap={2}>
      <Text size="sm">{label}</Text>
      <Group gap="sm" wrap="nowrap">
        <Slider
          flex={1}
          value={percent}
          onChange={(next) => onChange(next / 100)}
          label={(next) => `${next} %`}
          thumbLabel={label}
          min={0}
          max={100}
        />
        <NumberInput
          aria-label={label}
          w={84}
          size="xs"
          suffix=" %"
          min={0}
          max={100}
          clampBehavior="strict"
          value={percent}
          onChange={(next) => typeof next === 'number' && onChange(next / 100)}
        />
      </Group>
    </Stack>
  );
}
