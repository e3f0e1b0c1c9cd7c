// Short notes at the foot of the page. One that offers an Undo stays ten seconds and says so.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { t } from 'i18next';
import { errorText } from '../api/client.ts';

const UNDO_MS = 10_000;
const close = () => ({ closeButtonProps: { 'aria-label': t('action.close') } });

export const toast = (message: string): void => {
  notifications.show({ message, color: 'indigo', ...close() });
};

export const toastError = (error: unknown): void => {
  notifications.show({ message: errorText(error), color: 'red', role: 'alert', autoClose: UNDO_MS, ...close() });
};

export function toastUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    color: 'indigo',
    autoClose: UNDO_MS,
    ...close(),
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          flex="none"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {t('action.undo')}
        </Button>
      </Group>
    ),
  });
}
