// The speed of a running mailing: a slider with its number. A move takes effect at once; when someone else saved meanwhile,
// the newer version is read and only the speed is set in it.
import { Group, NumberInput, Slider, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import { ApiProblem } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { toastError } from '../../ui/toast.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';

const SETTLE_MS = 250;
const USUAL_MAX = 25;

async function setSpeed(mailing: Mailing, speed: number): Promise<Mailing> {
  const save = (version: number) => api.mailings.patch(mailing.id, { version, settings: { speed } });
  try {
    return await save(mailing.version);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'version_conflict') throw error;
    return save((await api.mailings.get(mailing.id)).version);
  }
}

export function SpeedControl({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const channels = useChannels();
  const rates = mailing.channels.flatMap((name) => channels.get(name)?.capabilities.rate.mailing ?? []);
  const max = Math.max(rates.length > 0 ? Math.max(...rates) : USUAL_MAX, mailing.settings.speed ?? 1);
  const [moved, setMoved] = useState<number | null>(null);
  const speed = moved ?? mailing.settings.speed ?? max;
  const change = useMutation({
    mutationFn: (next: number) => setSpeed(mailing, next),
    onSuccess: (changed) => client.setQueryData(keys.mailing(mailing.id), changed),
    onError: toastError,
    onSettled: () => setMoved(null),
  });
  const send = useDebouncedCallback((next: number) => change.mutate(next), SETTLE_MS);
  const move = (next: number) => {
    setMoved(next);
    send(next);
  };
  return (
    <Group gap="md" wrap="nowrap" maw={560}>
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {t('speed.label')}
      </Text>
      <Slider
        flex={1}
        min={1}
        max={max}
        value={speed}
        onChange={move}
        thumbLabel={t('speed.label')}
        label={(value) => t('speed.perSecond', { count: value, number: format.number(value) })}
      />
      <NumberInput
        aria-label={t('speed.label')}
        size="xs"
        w={110}
        min={1}
        max={max}
        allowDecimal={false}
        clampBehavior="blur"
        value={speed}
        suffix={t('speed.suffix')}
        onChange={(value) => typeof value === 'number' && value >= 1 && value <= max && value !== speed && move(value)}
      />
    </Group>
  );
}
