// What is filled in of an approved template: the text of a place-holder, and the end of a button's address.
import { ActionIcon, Popover, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Template } from '../shapes.ts';
import { VariableForm } from './variable-form.tsx';

interface FieldProps {
  label: string;
  description?: string;
  maxLength?: number;
  value: string;
  onChange: (value: string) => void;
}

export function TemplateParameter({ value, onChange, maxLength = 1000, ...about }: FieldProps) {
  const { t } = useTranslation('wizard');
  const [opened, setOpened] = useState(false);
  return (
    <TextInput
      {...about}
      value={value}
      maxLength={maxLength}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSectionWidth={40}
      rightSection={
        <Popover
          opened={opened}
          onChange={setOpened}
          trapFocus
          returnFocus
          position="bottom-end"
          shadow="md"
          width={280}
        >
          <Popover.Target>
            <ActionIcon
              aria-label={t('variable.insert')}
              title={t('variable.insert')}
              onClick={() => setOpened(!opened)}
            >
              <IconBraces size={16} stroke={1.5} aria-hidden />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown aria-label={t('variable.insert')}>
            <VariableForm
              onInsert={(variable) => {
                onChange(value + variable);
                setOpened(false);
              }}
            />
          </Popover.Dropdown>
        </Popover>
      }
    />
  );
}

interface EndProps {
  button: NonNullable<Template['buttons']>[number];
  /** Its approved address is this server's: what is written is where it leads. */
  tracked: boolean;
  onChange: (value: string) => void;
}

export function TemplateEnd({ button: { label, base, value }, tracked, onChange }: EndProps) {
  const { t } = useTranslation('wizard');
  return (
    <TemplateParameter
      label={tracked ? t('template.endTracked', { label }) : t('template.end', { label, base })}
      description={t(tracked ? 'template.endTrackedWhy' : 'template.endWhy')}
      maxLength={2000}
      value={value}
      onChange={onChange}
    />
  );
}
