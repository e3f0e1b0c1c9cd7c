// Somebody else changed the draft: nothing is overwritten; one reads theirs or keeps one's own as a copy.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/api.ts';
import { toastError } from '../../ui/toast.tsx';
import type { EditedDraft } from './use-draft.ts';

export function ConflictDialog({ edited, onReopen }: { edited: EditedDraft; onReopen: () => void }) {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const opened = edited.state.kind === 'conflict';

  const seeTheirs = () => {
    edited.discard();
    onReopen();
  };
  const keepMine = async () => {
    setBusy(true);
    try {
      const { name, ...rest } = edited.draft;
      const copy = await api.mailings.create({ ...rest, name: t('conflict.copyName', { name }).slice(0, 120) });
      edited.discard();
      await navigate({ to: '/mailings/$id/edit', params: { id: copy.id }, ignoreBlocker: true });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('conflict.title')}
    >
      <Stack>
        <Text size="sm">{t('conflict.text')}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={seeTheirs}>
            {t('conflict.theirs')}
          </Button>
          <Button loading={busy} onClick={() => void keepMine()} data-autofocus>
            {t('conflict.mine')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
