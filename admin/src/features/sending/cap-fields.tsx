// How many mailings one person may get in how many days: the same fields for the workspace and for one mailing.
import { Group, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FrequencyCap } from './rules.ts';

const MOST = { messages: 1000, days: 365 };

interface Props {
  cap: FrequencyCap;
  onChange: (cap: FrequencyCap) => void;
  error?: string | undefined;
}

export function CapFields({ cap, onChange, error }: Props) {
  const { t } = useTranslation('sending');
  const field = (name: 'messages' | 'days') => (
    <NumberInput
      flex="1 1 120px"
      maw={170}
      label={t(`cap.${name}`)}
      min={1}
      max={MOST[name]}
      allowDecimal={false}
      clampBehavior="strict"
      value={cap[name]}
      error={name === 'messages' ? error : undefined}
      onChange={(value) => typeof value === 'number' && value >= 1 && onChange({ ...cap, [name]: value })}
    />
  );
  return (
    <Group gap="sm" align="flex-start">
      {field('messages')}
      {field('days')}
    </Group>
  );
}
