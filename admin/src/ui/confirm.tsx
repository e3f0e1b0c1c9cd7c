// The dialog before something that cannot be undone. The safe button has the focus; the other repeats the verb. Where much
// would be lost, the name (or number) must be typed first.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../api/client.ts';
import { ErrorLine } from './error-line.tsx';

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  confirm: string;
  cancel?: string;
  danger?: boolean;
  /** What must be typed before the button works. */
  typed?: string;
  /** A promise keeps the button busy; when it fails, the dialog stays and says why. */
  onConfirm: () => Promise<unknown> | void;
}

export function ConfirmDialog(props: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <ConfirmBody {...props} />
    </Modal>
  );
}

function ConfirmBody({ onClose, children, confirm, cancel, danger, typed, onConfirm }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = typed === undefined || text.trim() === typed;

  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack gap="md">
      <Text component="div" size="sm">
        {children}
      </Text>
      {typed !== undefined && (
        <TextInput
          label={t('confirm.type', { text: typed })}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
      {error !== null && <ErrorLine>{errorText(error)}</ErrorLine>}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {cancel ?? t('action.cancel')}
        </Button>
        <Button color={danger ? 'red' : undefined} disabled={!ready} loading={busy} onClick={() => void run()}>
          {confirm}
        </Button>
      </Group>
    </Stack>
  );
}
