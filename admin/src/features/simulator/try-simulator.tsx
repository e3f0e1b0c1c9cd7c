// "Try it with the simulator": starts a simulated messenger, connects its bot, and shows the people arriving.
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '../../api/queries.ts';
import { errorText } from '../../api/client.ts';
import { useFormat } from '../../ui/use-format.ts';
import { isFilling, useSimulator, useStartSimulator } from './use-simulator.ts';

const PEOPLE = 5000;
/** Lively, so that every figure of the first mailing has something to show. */
const BEHAVIOUR = { open: 0.2, press: 0.15, buy: 0.08, pay: 0.6, reply: 0.03, block: 0.01 };

export function TrySimulator() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { data: simulator } = useSimulator();
  const start = useStartSimulator();
  const filling = isFilling(simulator);
  const ready = simulator?.running === true && !filling;

  useEffect(() => {
    if (!ready) return;
    void client.invalidateQueries({ queryKey: keys.bots });
    void client.invalidateQueries({ queryKey: keys.audience });
  }, [ready, client]);

  if (ready) {
    return (
      <Text size="sm" aria-live="polite">
        {t('simulator.ready', { count: simulator.people, people: format.number(simulator.people) })}
      </Text>
    );
  }
  if (filling && simulator) {
    return (
      <Stack gap={6} maw={420} w="100%">
        <Text size="sm" className="figures">
          {t('simulator.filling', { filled: format.number(simulator.filled), people: format.number(simulator.people) })}
        </Text>
        <Progress
          value={(simulator.filled / Math.max(1, simulator.people)) * 100}
          aria-label={t('simulator.progress')}
        />
      </Stack>
    );
  }
  return (
    <Group gap="sm">
      <Button
        variant="default"
        leftSection={<IconFlask size={16} aria-hidden />}
        loading={start.isPending}
        onClick={() => start.mutate({ people: PEOPLE, behaviour: BEHAVIOUR })}
      >
        {t('simulator.try')}
      </Button>
      {start.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {errorText(start.error)}
        </Text>
      )}
    </Group>
  );
}
