// A value that becomes a field when pressed: Enter saves, Escape leaves it as it was.
import { ActionIcon, Group, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './subscriber.module.css';

interface Props {
  label: string;
  value: string;
  /** Without it the value is only shown. Answers what is wrong, or null. */
  onSave?: (value: string) => Promise<string | null>;
}

const takeFocus = (input: HTMLInputElement | null): void => input?.focus();

export function InlineField({ label, value, onSave }: Props) {
  const { t } = useTranslation('people');
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const cancel = () => {
    setText(null);
    setError(null);
  };
  const save = async () => {
    if (text === null || !onSave) return;
    if (text.trim() === value) return cancel();
    setBusy(true);
    const problem = await onSave(text);
    setBusy(false);
    if (problem) setError(problem);
    else cancel();
  };

  return (
    <div className={classes.field}>
      <Text size="sm" c="dimmed" className={classes.label}>
        {label}
      </Text>
      {text === null ? (
        onSave ? (
          <UnstyledButton
            className={classes.value}
            onClick={() => setText(value)}
            aria-label={t('edit', { field: label, value: value || t('empty') })}
          >
            <span>{value || '–'}</span>
            <IconPencil size={14} aria-hidden className={classes.pencil} />
          </UnstyledButton>
        ) : (
          <Text size="sm" className={classes.value}>
            {value}
          </Text>
        )
      ) : (
        <Group gap={4} wrap="nowrap" align="flex-start" flex={1}>
          <TextInput
            size="xs"
            flex={1}
            aria-label={label}
            ref={takeFocus}
            value={text}
            error={error}
            disabled={busy}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void save();
              if (event.key === 'Escape') {
                event.stopPropagation();
                cancel();
              }
            }}
          />
          <ActionIcon
            size={30}
            variant="light"
            color="indigo"
            loading={busy}
            aria-label={t('save', { field: label })}
            onClick={() => void save()}
          >
            <IconCheck size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon size={30} aria-label={t('cancel')} onClick={cancel}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      )}
    </div>
  );
}
