// How the simulated people behave, on all messengers alike. Every slider has its number; a change is used from the next
// message on.
import { Group, NumberInput, SimpleGrid, Slider, Stack, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Simulator, SimulatorBehaviour } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { toastError } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';

const CHANCES = ['read', 'open', 'press', 'buy', 'pay', 'reply', 'unsubscribe', 'block'] as const;
type Chance = (typeof CHANCES)[number];
const SETTLE_MS = 300;

export function SimulatorBehaviourFields({ simulator }: { simulator: Simulator }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [behaviour, setBehaviour] = useState(simulator.behaviour);
  const patch = useMutation({
    mutationFn: api.simulator.patch,
    onSuccess: (state) => client.setQueryData(keys.simulator, state),
    onError: toastError,
  });
  const send = useDebouncedCallback((change: SimulatorBehaviour) => patch.mutate(change), SETTLE_MS);
  const change = (part: SimulatorBehaviour) => {
    const next = { ...behaviour, ...part };
    setBehaviour(next);
    send(next);
  };
  return (
    <>
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
    </>
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
