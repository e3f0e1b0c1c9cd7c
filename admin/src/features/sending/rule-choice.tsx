// A rule that the workspace may have already: as it says there, one of this mailing's own, or none.
import { Select, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isOwn } from './use-words.ts';

type Setting<Value> = Value | 'workspace' | null;

interface Props<Value extends object> {
  label: string;
  setting: Setting<Value>;
  onChange: (setting: Setting<Value>) => void;
  /** What the workspace says, in words. */
  usual: string;
  /** What one's own begins as. */
  own: Value;
  error: string | undefined;
  /** The fields of one's own. */
  children: ReactNode;
}

export function RuleChoice<Value extends object>(props: Props<Value>) {
  const { label, setting, onChange, usual, own, error, children } = props;
  const { t } = useTranslation('sending');
  const mode = setting === null ? 'none' : setting === 'workspace' ? 'workspace' : 'own';
  const choose = (next: string | null) => {
    if (next === mode) return;
    onChange(next === 'own' ? own : next === 'none' ? null : 'workspace');
  };
  return (
    <Stack gap="xs">
      <Select
        label={label}
        maw={420}
        data={[
          { value: 'workspace', label: t('choice.workspace', { rule: usual }) },
          { value: 'own', label: t('choice.own') },
          { value: 'none', label: t('choice.none') },
        ]}
        value={mode}
        onChange={choose}
        allowDeselect={false}
        error={error}
      />
      {isOwn(setting) && children}
    </Stack>
  );
}
