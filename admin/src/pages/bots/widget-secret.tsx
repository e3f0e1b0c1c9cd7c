// The secret with which a website vouches for its logged-in people. Shown when asked for, gone when the drawer is closed, and
// renewed when somebody may have seen it who should not have.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { toastError } from '../../ui/toast.tsx';

export function WidgetSecret({ bot }: { bot: Bot }) {
  const { t } = useTranslation();
  const [asking, ask] = useDisclosure(false);
  const secret = useMutation({ mutationFn: (renew: boolean) => api.bots.widgetSecret(bot.id, renew) });
  return (
    <Stack gap="sm">
      <Text size="sm">{t('widget.secretText')}</Text>
      {secret.data && (
        <>
          <Alert color="yellow">{t('widget.secretShown')}</Alert>
          <CopyField value={secret.data.secret} label={t('widget.secret')} />
        </>
      )}
      <Group gap="xs">
        {!secret.data && (
          <Button
            variant="default"
            loading={secret.isPending}
            onClick={() => secret.mutate(false, { onError: toastError })}
          >
            {t('widget.secretShow')}
          </Button>
        )}
        <Button variant="subtle" onClick={ask.open}>
          {t('widget.secretRenew')}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('widget.secretRenewTitle')}
        confirm={t('widget.secretRenewConfirm')}
        danger
        onConfirm={() => secret.mutateAsync(true)}
      >
        {t('widget.secretRenewText')}
      </ConfirmDialog>
    </Stack>
  );
}
