// The inputs for a channel's credentials, with its own labels and help. A wrong shape is told as soon as the typing rests,
// a missing value when the field is left.
import { PasswordInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shapeProblem } from './credentials.ts';
import type { CredentialField, Credentials } from './credentials.ts';

const REST_MS = 700;
const NOTHING_KEPT: Record<string, string> = {};

interface Props {
  fields: readonly CredentialField[];
  values: Credentials;
  onChange: (values: Credentials) => void;
  /** The server's sentences, by field. */
  errors: Record<string, string>;
  /** Shown in place of a secret that is kept when nothing is typed. */
  kept?: Record<string, string>;
}

export function CredentialInputs({ fields, values, onChange, errors, kept = NOTHING_KEPT }: Props) {
  const { t } = useTranslation();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [rested] = useDebouncedValue(values, REST_MS);
  return fields.map((field) => {
    const value = values[field.key] ?? '';
    const looked = left.has(field.key) || (value !== '' && rested[field.key] === value);
    const empty = value.trim() === '' && kept[field.key] !== undefined;
    const problem = looked && !empty ? shapeProblem(field, value) : null;
    const shape =
      problem === 'missing'
        ? t('connect.missing', { field: field.label })
        : problem === 'shape'
          ? field.shape || t('connect.shape', { field: field.label })
          : null;
    const props = {
      key: field.key,
      label: field.required ? field.label : t('connect.optional', { field: field.label }),
      description: field.help,
      required: field.required,
      withAsterisk: false,
      value,
      placeholder: kept[field.key] ?? '',
      error: errors[`credentials.${field.key}`] ?? shape,
      autoComplete: 'off',
      spellCheck: false,
      onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
        onChange({ ...values, [field.key]: event.currentTarget.value }),
      onBlur: () => value !== '' && setLeft(new Set([...left, field.key])),
    };
    const { key, ...rest } = props;
    return field.secret ? (
      <PasswordInput
        key={key}
        {...rest}
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.show'), tabIndex: 0 }}
      />
    ) : (
      <TextInput key={key} {...rest} />
    );
  });
}
