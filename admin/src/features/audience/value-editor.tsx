// The control for a rule's value: which one follows from the field's type and from what the operator wants.
import { Autocomplete, Group, MultiSelect, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ValueEditorProps } from 'react-querybuilder';
import { queries } from '../../api/queries.ts';
import { DayInput } from '../../ui/day-input.tsx';
import type { Field } from '../shapes.ts';
import classes from './filter.module.css';
import type { FilterContext } from './filter-context.ts';
import { arity, isComplete } from './tree.ts';

const WIDTH = 220;
const OFFERED_MAILINGS = 100;

interface ControlProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
}

export function ValueEditor({ field: name, operator, value, handleOnChange, rule, path, context }: ValueEditorProps) {
  const { t } = useTranslation('wizard');
  const { fieldOf, isLocked } = context as FilterContext;
  const field = fieldOf(name);
  if (!field) return null;
  if (isLocked(path))
    return (
      <span className={classes.locked}>{field.values?.find((one) => one.value === value)?.label ?? String(value)}</span>
    );
  const props: ControlProps = { field, value, onChange: handleOnChange };
  const control = ((): ReactNode => {
    switch (arity(operator)) {
      case 'none':
        return null;
      case 'days':
        return (
          <Group gap={6} wrap="nowrap">
            <NumberInput
              w={90}
              size="sm"
              aria-label={t('filter.days')}
              min={1}
              max={36_500}
              allowDecimal={false}
              value={typeof value === 'number' ? value : ''}
              onChange={handleOnChange}
            />
            <Text size="sm">{t('filter.daysWord', { count: typeof value === 'number' ? value : 0 })}</Text>
          </Group>
        );
      case 'two':
        return <Between {...props} />;
      case 'many':
        return <Many {...props} />;
      case 'one':
        return <One {...props} />;
    }
  })();
  return <div className={isComplete(rule) ? undefined : classes.incomplete}>{control}</div>;
}

function One({ field, value, onChange }: ControlProps) {
  const { t } = useTranslation('wizard');
  const shared = { w: WIDTH, size: 'sm', 'aria-label': t('filter.value'), placeholder: t('filter.choose') } as const;
  const text = typeof value === 'string' ? value : '';
  if (field.type === 'boolean') {
    const data = [
      { value: 'true', label: t('filter.yes') },
      { value: 'false', label: t('filter.no') },
    ];
    return (
      <Select
        {...shared}
        data={data}
        value={String(value)}
        onChange={(choice) => onChange(choice === 'true')}
        allowDeselect={false}
      />
    );
  }
  if (field.type === 'campaign') return <MailingSelect value={text} onChange={onChange} />;
  if (field.type === 'date')
    return <DayInput {...shared} value={text || null} onChange={(day) => onChange(day ?? '')} />;
  if (field.type === 'number')
    return <NumberInput {...shared} value={typeof value === 'number' ? value : ''} onChange={onChange} />;
  if (field.type === 'list') return <TagValue value={text} onChange={onChange} field={field} />;
  if (field.values)
    return (
      <Select
        {...shared}
        data={field.values}
        value={text || null}
        onChange={(choice) => onChange(choice ?? '')}
        searchable
        allowDeselect={false}
      />
    );
  return (
    <TextInput {...shared} value={text} maxLength={500} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

function Between({ field, value, onChange }: ControlProps) {
  const { t } = useTranslation('wizard');
  const [from, to] = Array.isArray(value) ? (value as unknown[]) : ['', ''];
  const edge = (index: 0 | 1, label: string) => {
    const own = index === 0 ? from : to;
    const set = (next: unknown) => onChange(index === 0 ? [next, to] : [from, next]);
    return field.type === 'date' ? (
      <DayInput
        w={140}
        size="sm"
        aria-label={label}
        placeholder={t('filter.choose')}
        value={typeof own === 'string' && own !== '' ? own : null}
        onChange={(day) => set(day ?? '')}
      />
    ) : (
      <NumberInput w={110} size="sm" aria-label={label} value={typeof own === 'number' ? own : ''} onChange={set} />
    );
  };
  return (
    <Group gap={6} wrap="nowrap">
      {edge(0, t('filter.from'))}
      <Text size="sm">{t('filter.and')}</Text>
      {edge(1, t('filter.to'))}
    </Group>
  );
}

function Many({ field, value, onChange }: ControlProps) {
  const { t } = useTranslation('wizard');
  const values = Array.isArray(value) ? value.map(String) : [];
  const shared = {
    w: WIDTH + 60,
    size: 'sm',
    'aria-label': t('filter.value'),
    value: values,
    onChange,
    clearButtonProps: { 'aria-label': t('action.clear') },
  } as const;
  if (field.values)
    return (
      <MultiSelect
        {...shared}
        placeholder={values.length === 0 ? t('filter.choose') : ''}
        data={field.values}
        searchable
      />
    );
  return (
    <TagsInput
      {...shared}
      placeholder={values.length === 0 ? t('filter.typeMany') : ''}
      splitChars={[',', ';', '\n', ' ']}
      maxTags={1000}
    />
  );
}

function TagValue({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('wizard');
  const { data } = useQuery({ ...queries.tags(), enabled: !field.values });
  const names =
    field.values?.map((one) => one.value) ?? (field.name === 'tag' ? (data?.items ?? []).map((tag) => tag.name) : []);
  return (
    <Autocomplete
      w={WIDTH}
      size="sm"
      aria-label={t('filter.value')}
      placeholder={t('filter.choose')}
      data={names}
      value={value}
      onChange={onChange}
      limit={50}
      maxLength={120}
    />
  );
}

function MailingSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('wizard');
  const { data } = useQuery(queries.mailings({ tab: 'all', limit: OFFERED_MAILINGS }));
  const started = (data?.items ?? []).filter((mailing) => mailing.startedAt !== null);
  return (
    <Select
      w={WIDTH}
      size="sm"
      aria-label={t('filter.mailing')}
      data={[
        { value: 'any', label: t('filter.anyMailing') },
        ...started.map((mailing) => ({ value: mailing.id, label: mailing.name })),
      ]}
      value={value || 'any'}
      onChange={(choice) => onChange(choice ?? 'any')}
      searchable
      allowDeselect={false}
    />
  );
}
