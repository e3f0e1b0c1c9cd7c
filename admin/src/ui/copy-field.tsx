// A value to be pasted elsewhere: shown whole, copied with one press. Works on plain HTTP too, where browsers keep the
// clipboard from pages.
import { Button, Code, Group } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

const SHOWN_MS = 2000;

export function CopyField({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  const text = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      if (!text.current) return;
      getSelection()?.selectAllChildren(text.current);
      if (!document.execCommand('copy')) return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };

  return (
    <Group gap="xs" wrap="nowrap" align="stretch">
      <Code
        ref={text}
        block
        aria-label={label}
        flex={1}
        miw={0}
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
      >
        {value}
      </Code>
      <Button
        variant="default"
        onClick={() => void copy()}
        leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        style={{ flex: 'none' }}
      >
        {t(copied ? 'action.copied' : 'action.copy')}
      </Button>
    </Group>
  );
}
