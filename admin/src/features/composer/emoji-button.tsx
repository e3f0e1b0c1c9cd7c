// Opens the emoji picker. Its data is our own copy, in the language of the page.
import { Popover } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import { IconMoodSmile } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

const EmojiPicker = lazy(() => import('./emoji-picker.tsx'));

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation('wizard');
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      trapFocus
      returnFocus
      position="bottom-start"
      shadow="md"
      withinPortal
    >
      <Popover.Target>
        <RichTextEditor.Control
          aria-label={t('text.emoji')}
          title={t('text.emoji')}
          onClick={() => setOpened((was) => !was)}
        >
          <IconMoodSmile size={16} stroke={1.5} aria-hidden />
        </RichTextEditor.Control>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t('text.emoji')}>
        <Suspense fallback={null}>
          <EmojiPicker
            onPick={(emoji) => {
              setOpened(false);
              onPick(emoji);
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
