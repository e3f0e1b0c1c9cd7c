// A value to be pasted elsewhere: shown whole, copied with one press.
import { Button, Code, Group } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCopy } from './use-copy.ts';

export function CopyField({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <Group gap="xs" wrap="nowrap" align="stretch">
      <Code block aria-label={label} flex={1} miw={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {value}
      </Code>
      <Button
        variant="default"
        onClick={() => void copy(value)}
        leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        style={{ flex: 'none' }}
      >
        {t(copied ? 'action.copied' : 'action.copy')}
      </Button>
    </Group>
  );
}
