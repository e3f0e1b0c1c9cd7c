// What a view shows when there is nothing yet, nothing that matches, or no answer.
import { Alert, Button, Center, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, errorText } from '../api/client.ts';
import { useFormat } from './use-format.ts';

interface EmptyProps {
  text: ReactNode;
  icon?: ReactNode;
  /** Buttons that lead on. */
  children?: ReactNode;
}

export function EmptyState({ text, icon, children }: EmptyProps) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="md" maw={440} ta="center">
        {icon && (
          <Text c="dimmed" component="div" lh={1} aria-hidden>
            {icon}
          </Text>
        )}
        <Text component="div">{text}</Text>
        {children && (
          <Group gap="xs" justify="center">
            {children}
          </Group>
        )}
      </Stack>
    </Center>
  );
}

interface ErrorProps {
  error: unknown;
  onRetry?: () => void;
  /** When what is still shown was read, UTC ms. */
  updatedAt?: number;
}

export function ErrorState({ error, onRetry, updatedAt }: ErrorProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const reference = error instanceof ApiProblem ? error.requestId : null;
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} role="alert" my="sm">
      <Group justify="space-between" gap="sm">
        <Stack gap={2}>
          <Text size="sm">{errorText(error)}</Text>
          {updatedAt ? <Text size="xs">{t('error.lastUpdated', { time: format.time(updatedAt) })}</Text> : null}
          {reference ? <Text size="xs">{t('error.reference', { reference })}</Text> : null}
        </Stack>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
