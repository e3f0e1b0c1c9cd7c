// A person's card beside the page one is on.
import { Button, Drawer, Group } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SubscriberCard } from '../../features/subscriber/subscriber-card.tsx';

export function SubscriberDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { t } = useTranslation('people');
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      title={t('card.title')}
      size={560}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {id && (
        <>
          <Group justify="flex-end" mb="sm">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconExternalLink size={14} aria-hidden />}
              component={Link}
              to={`/subscribers/${id}`}
            >
              {t('card.open')}
            </Button>
          </Group>
          <SubscriberCard id={id} />
        </>
      )}
    </Drawer>
  );
}
