// The filter panel's controls: a selector, an action and the negation, in our components. The value's own control is in
// value-editor.tsx.
import { ActionIcon, Button, Checkbox, Select } from '@mantine/core';
import type { ComboboxData } from '@mantine/core';
import { IconFolderPlus, IconLock, IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type {
  ActionProps,
  FieldSelectorProps,
  NotToggleProps,
  OperatorSelectorProps,
  VersatileSelectorProps,
} from 'react-querybuilder';
import classes from './filter.module.css';
import type { FilterContext } from './filter-context.ts';

interface Option {
  name: string;
  label: string;
}

/** Options come flat or in groups; both as the select wants them. */
const toData = (options: readonly unknown[]): ComboboxData =>
  options.map((option) => {
    const { label, name, options: inside } = option as Option & { options?: Option[] };
    return inside
      ? { group: label, items: inside.map((one) => ({ value: one.name, label: one.label })) }
      : { value: name, label };
  });

export function FieldSelector({ options, value, handleOnChange, path, context }: FieldSelectorProps) {
  const { t } = useTranslation('wizard');
  const { isLocked, fieldOf } = context as FilterContext;
  if (isLocked(path)) {
    return (
      <span className={classes.locked}>
        <IconLock size={15} aria-hidden />
        {fieldOf(value ?? '')?.label}
      </span>
    );
  }
  return (
    <Select
      w={200}
      size="sm"
      aria-label={t('filter.field')}
      data={toData(options)}
      value={value ?? null}
      onChange={(field) => field && handleOnChange(field)}
      searchable
      nothingFoundMessage={t('filter.noField')}
      allowDeselect={false}
      maxDropdownHeight={320}
    />
  );
}

export function OperatorSelector({ options, value, handleOnChange, path, context }: OperatorSelectorProps) {
  const { t } = useTranslation('wizard');
  if ((context as FilterContext).isLocked(path))
    return <span className={classes.locked}>{t(`operator.${value}`)}</span>;
  return (
    <Select
      w={170}
      size="sm"
      aria-label={t('filter.operator')}
      data={toData(options)}
      value={value ?? null}
      onChange={(operator) => operator && handleOnChange(operator)}
      allowDeselect={false}
    />
  );
}

export function CombinatorSelector({ options, value, handleOnChange }: VersatileSelectorProps) {
  const { t } = useTranslation('wizard');
  return (
    <Select
      w={170}
      size="sm"
      aria-label={t('filter.combinator')}
      data={toData(options)}
      value={value ?? null}
      onChange={(combinator) => combinator && handleOnChange(combinator)}
      allowDeselect={false}
    />
  );
}

export function NotToggle({ checked, handleOnChange }: NotToggleProps) {
  const { t } = useTranslation('wizard');
  return (
    <Checkbox
      size="sm"
      label={t('filter.not')}
      checked={checked ?? false}
      onChange={(event) => handleOnChange(event.currentTarget.checked)}
    />
  );
}

export function AddRule({ handleOnClick }: ActionProps) {
  const { t } = useTranslation('wizard');
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={(event) => handleOnClick(event)}
    >
      {t('filter.addRule')}
    </Button>
  );
}

export function AddGroup({ handleOnClick }: ActionProps) {
  const { t } = useTranslation('wizard');
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconFolderPlus size={14} aria-hidden />}
      onClick={(event) => handleOnClick(event)}
    >
      {t('filter.addGroup')}
    </Button>
  );
}

export function Remove({ handleOnClick, ruleOrGroup }: ActionProps) {
  const { t } = useTranslation('wizard');
  const label = t('rules' in ruleOrGroup ? 'filter.removeGroup' : 'filter.removeRule');
  return (
    <ActionIcon size="md" aria-label={label} title={label} onClick={(event) => handleOnClick(event)}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  );
}
