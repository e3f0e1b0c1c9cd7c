// Which personal field is inserted, and what is said to people who have none.
import { Button, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api/queries.ts';
import { variableText } from './variable-text.ts';

const PROFILE = ['first_name', 'last_name', 'name', 'locale', 'phone', 'email'] as const;

export function VariableForm({ onInsert }: { onInsert: (variable: string) => void }) {
  const { t } = useTranslation('wizard');
  const { data } = useQuery(queries.attributes());
  const [name, setName] = useState<string>('first_name');
  const [fallback, setFallback] = useState('');
  const options = [
    ...PROFILE.map((field) => ({ value: field, label: t(`variable.${field}`) })),
    ...(data?.items ?? []).map((attribute) => ({ value: attribute.key, label: attribute.name })),
  ];
  const insert = () => onInsert(variableText(name, fallback));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    insert();
  };
  return (
    <Stack gap="xs">
      <Select
        label={t('variable.field')}
        data={options}
        value={name}
        onChange={(value) => value && setName(value)}
        searchable
        comboboxProps={{ withinPortal: false }}
        allowDeselect={false}
      />
      <TextInput
        label={t('variable.fallback')}
        placeholder={t('variable.fallbackExample')}
        value={fallback}
        onChange={(event) => setFallback(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        data-autofocus
      />
      <Text size="xs" c="dimmed">
        {t('variable.why')}
      </Text>
      <Button size="sm" onClick={insert}>
        {t('variable.add')}
      </Button>
    </Stack>
  );
}
