// Whether what was typed is safe: "Saving…", "Saved 18:02", "Not saved, retrying".
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from './use-format.ts';

export type SaveState = { kind: 'idle' } | { kind: 'saving' } | { kind: 'saved'; at: number } | { kind: 'failed' };

export function SavedIndicator({ state }: { state: SaveState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const failed = state.kind === 'failed';
  return (
    <Text
      size="sm"
      c={failed ? 'light-dark(#8a4b00, var(--mantine-color-orange-3))' : 'dimmed'}
      aria-live="polite"
      span
    >
      {state.kind === 'saving' && t('saved.saving')}
      {state.kind === 'saved' && t('saved.saved', { time: format.time(state.at) })}
      {failed && t('saved.failed')}
    </Text>
  );
}
