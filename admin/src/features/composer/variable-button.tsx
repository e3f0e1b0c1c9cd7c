// The control of the text editor that inserts a personal field.
import { Popover } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import { IconBraces } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { VariableForm } from './variable-form.tsx';

interface Props {
  opened: boolean;
  onOpen: () => void;
  onClose: () => void;
  onInsert: (variable: string) => void;
}

export function VariableButton({ opened, onOpen, onClose, onInsert }: Props) {
  const { t } = useTranslation('wizard');
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && onClose()}
      trapFocus
      returnFocus
      position="bottom-start"
      shadow="md"
      width={280}
    >
      <Popover.Target>
        <RichTextEditor.Control
          aria-label={t('variable.insert')}
          title={t('variable.insert')}
          onClick={opened ? onClose : onOpen}
        >
          <IconBraces size={16} stroke={1.5} aria-hidden />
        </RichTextEditor.Control>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('variable.insert')}>
        <VariableForm
          onInsert={(variable) => {
            onInsert(variable);
            onClose();
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
