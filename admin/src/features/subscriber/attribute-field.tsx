// One attribute of a person, edited by its type: text and numbers in place, choices from their list.
import { MultiSelect, Select, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attribute, SubscriberDetails } from '../../../../src/http/api/subscribers.ts';
import { DayInput } from '../../ui/day-input.tsx';
import { InlineField } from './inline-field.tsx';
import classes from './subscriber.module.css';

type Value = SubscriberDetails['attributes'][string];

interface Props {
  definition: Attribute;
  value: Value;
  onSave: (value: Value) => Promise<string | null>;
}

export function AttributeField({ definition, value, onSave }: Props) {
  const { t } = useTranslation('people');
  const [error, setError] = useState<string | null>(null);
  const set = async (next: Value) => setError(await onSave(next));

  if (definition.type === 'text' || definition.type === 'number') {
    const save = async (text: string): Promise<string | null> => {
      if (text.trim() === '') return onSave(null);
      if (definition.type === 'text') return onSave(text.trim());
      const number = Number(text.trim().replace(',', '.'));
      return Number.isFinite(number) ? onSave(number) : t('attributes.notNumber');
    };
    return <InlineField label={definition.name} value={value === null ? '' : String(value)} onSave={save} />;
  }
  const shared = {
    size: 'xs',
    flex: 1,
    'aria-label': definition.name,
    error,
    clearButtonProps: { 'aria-label': t('clear', { field: definition.name }) },
  } as const;
  const list = Array.isArray(value) ? value : [];
  const control = (() => {
    switch (definition.type) {
      case 'boolean':
        return (
          <Select
            {...shared}
            clearable
            data={[
              { value: 'true', label: t('yes') },
              { value: 'false', label: t('no') },
            ]}
            value={value === null ? null : String(value)}
            onChange={(choice) => void set(choice === null ? null : choice === 'true')}
          />
        );
      case 'date':
        return (
          <DayInput
            {...shared}
            clearable
            value={typeof value === 'string' ? value : null}
            onChange={(day) => void set(day)}
          />
        );
      case 'choice':
        return (
          <Select
            {...shared}
            clearable
            data={definition.choices}
            value={typeof value === 'string' ? value : null}
            onChange={(choice) => void set(choice)}
          />
        );
      case 'choices':
        return <MultiSelect {...shared} data={definition.choices} value={list} onChange={(next) => void set(next)} />;
      case 'list':
        return <TagsInput {...shared} value={list} onChange={(next) => void set(next)} />;
    }
  })();
  return (
    <div className={classes.field}>
      <Text size="sm" c="dimmed" className={classes.label}>
        {definition.name}
      </Text>
      {control}
    </div>
  );
}
