// An approved template written by hand, where the platform's list cannot be read. It is handed on as soon as it has a name
// and a language.
import { Group, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Template } from '../shapes.ts';

const MOST_PARAMETERS = 20;

interface Props {
  value: Template | undefined;
  onChange: (template: Template | undefined) => void;
}

export function TemplateByHand({ value, onChange }: Props) {
  const { t } = useTranslation('wizard');
  const [written, setWritten] = useState({ name: value?.name ?? '', language: value?.language ?? '' });
  const count = value?.parameters.length ?? 0;
  const change = (next: { name: string; language: string }, parameters = count) => {
    setWritten(next);
    const [name, language] = [next.name.trim(), next.language.trim()];
    if (name === '' || language.length < 2) return onChange(undefined);
    const texts = Array.from({ length: parameters }, (_, index) => value?.parameters[index] ?? '');
    onChange({ name, language, parameters: texts });
  };
  return (
    <Group align="flex-end" gap="sm">
      <TextInput
        label={t('template.name')}
        value={written.name}
        maxLength={512}
        onChange={(event) => change({ ...written, name: event.currentTarget.value })}
      />
      <TextInput
        label={t('template.language')}
        value={written.language}
        maxLength={15}
        onChange={(event) => change({ ...written, language: event.currentTarget.value })}
      />
      <NumberInput
        label={t('template.count')}
        value={count}
        min={0}
        max={MOST_PARAMETERS}
        allowDecimal={false}
        disabled={!value}
        onChange={(number) => change(written, Math.min(MOST_PARAMETERS, Math.max(0, Number(number) || 0)))}
      />
    </Group>
  );
}
