// "Try it with the simulator": starts simulated messengers, connects a bot to each, and shows the people arriving.
import '../../app/mantine-forms.css';
import { Button, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFlask } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '../../api/queries.ts';
import { useFormat } from '../../ui/use-format.ts';
import { SimulatorForm } from './simulator-form.tsx';
import { isFilling, useSimulator, useStartSimulator } from './use-simulator.ts';

export function TrySimulator() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { data: simulator } = useSimulator();
  const again = useStartSimulator();
  const [choosing, choose] = useDisclosure(false);
  const filling = isFilling(simulator);
  const ready = simulator?.running === true && !filling;

  useEffect(() => {
    if (!ready) return;
    void client.invalidateQueries({ queryKey: keys.bots });
    void client.invalidateQueries({ queryKey: keys.audience });
  }, [ready, client]);

  if (!simulator) return null;
  if (ready) {
    return (
      <Text size="sm" aria-live="polite">
        {t('simulator.ready', { count: simulator.persons, people: format.number(simulator.persons) })}
      </Text>
    );
  }
  if (filling) {
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
  if (choosing) return <SimulatorForm simulator={simulator} onCancel={choose.close} />;
  const stopped = simulator.messengers.map(({ channel }) => channel);
  return (
    <Button
      variant="default"
      leftSection={<IconFlask size={16} aria-hidden />}
      loading={again.isPending}
      onClick={() => (stopped.length > 0 ? again.mutate({ channels: stopped, people: 0 }) : choose.open())}
    >
      {t(stopped.length > 0 ? 'simulator.again' : 'simulator.try')}
    </Button>
  );
}
