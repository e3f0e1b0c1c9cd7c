// How many messages a second this bot may send; empty means what the platform permits.
import { Button, Group, NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { errorText } from '../../api/client.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { useFormat } from '../../ui/use-format.ts';

interface Props {
  bot: Bot;
  limit: number | null;
  onSave: (rate: number | null) => Promise<unknown>;
}

export function RateForm({ bot, limit, onSave }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [rate, setRate] = useState<number | string>(bot.rate ?? '');
  const save = useMutation({ mutationFn: onSave });
  const wanted = rate === '' ? null : Number(rate);
  return (
    <>
      <Group align="flex-end" gap="xs">
        <NumberInput
          label={t('bot.rate')}
          description={limit === null ? t('bot.rateOpen') : t('bot.rateLimit', { limit: format.number(limit) })}
          placeholder={limit === null ? '' : String(limit)}
          min={0.1}
          max={limit ?? 10_000}
          clampBehavior="blur"
          allowNegative={false}
          value={rate}
          onChange={setRate}
          flex={1}
        />
        <Button
          variant="default"
          disabled={wanted === bot.rate}
          loading={save.isPending}
          onClick={() => save.mutate(wanted)}
        >
          {t('action.save')}
        </Button>
      </Group>
      {save.isError && <ErrorLine mt={4}>{errorText(save.error)}</ErrorLine>}
    </>
  );
}
