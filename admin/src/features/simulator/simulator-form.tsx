// Which messengers to simulate, how many people, and how many of them are on two: all messengers unless told otherwise.
import { Button, Chip, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Simulator } from '../../../../src/http/api/bots.ts';
import { errorText } from '../../api/client.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useStartSimulator } from './use-simulator.ts';

const PEOPLE = 5000;
/** A tenth of them may be reached in two ways. */
const SHARE_ON_TWO = 0.1;
const MOST_PEOPLE = 100_000;
/** Lively, so that every figure of the first mailing has something to show. */
const BEHAVIOUR = { read: 0.7, open: 0.2, press: 0.15, buy: 0.08, pay: 0.6, reply: 0.03, block: 0.01 };

interface Props {
  simulator: Simulator;
  /** Shown instead of the form from then on. */
  onStarted?: () => void;
  onCancel: () => void;
}

export function SimulatorForm({ simulator, onStarted, onCancel }: Props) {
  const { t } = useTranslation();
  const channels = useChannels();
  const start = useStartSimulator();
  const [chosen, setChosen] = useState<string[]>(simulator.channels);
  const [people, setPeople] = useState<number | string>(PEOPLE);
  const [onTwo, setOnTwo] = useState<number | string>(PEOPLE * SHARE_ON_TWO);
  const several = chosen.length > 1;
  const count = Number(people) || 0;
  const overlap = several ? Math.min(count, Number(onTwo) || 0) : 0;
  return (
    <form
      style={{ width: '100%' }}
      onSubmit={(event) => {
        event.preventDefault();
        const behaviour = simulator.running ? {} : BEHAVIOUR;
        start.mutate({ channels: chosen, people: count, overlap, behaviour }, { onSuccess: () => onStarted?.() });
      }}
    >
      <Stack gap="md" align="flex-start">
        {simulator.channels.length > 1 && (
          <Stack gap={6} component="fieldset" bd={0} p={0} m={0}>
            <Text size="sm" fw={500} component="legend" mb={6}>
              {t('simulator.messengers')}
            </Text>
            <Group gap={8}>
              <Chip.Group multiple value={chosen} onChange={setChosen}>
                {simulator.channels.map((name) => (
                  <Chip key={name} value={name} variant="outline" radius="xl">
                    {channels.title(name)}
                  </Chip>
                ))}
              </Chip.Group>
            </Group>
          </Stack>
        )}
        <Group gap="sm" align="flex-start">
          <NumberInput
            label={t('simulator.people')}
            value={people}
            onChange={setPeople}
            min={1}
            max={MOST_PEOPLE}
            step={1000}
            thousandSeparator=" "
            allowDecimal={false}
            w={150}
          />
          {several && (
            <NumberInput
              label={t('simulator.onTwo')}
              value={onTwo}
              onChange={setOnTwo}
              min={0}
              max={count}
              step={100}
              thousandSeparator=" "
              allowDecimal={false}
              w={190}
            />
          )}
        </Group>
        {several && (
          <Text size="sm" c="dimmed" maw={520}>
            {t('simulator.onTwoHelp')}
          </Text>
        )}
        {start.isError && <ErrorLine>{errorText(start.error)}</ErrorLine>}
        <Group gap="xs">
          <Button type="submit" disabled={chosen.length === 0 || count < 1} loading={start.isPending}>
            {t(simulator.running ? 'simulator.add' : 'simulator.start')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {t('action.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
