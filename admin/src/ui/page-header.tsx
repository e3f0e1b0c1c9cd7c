// A page's title with what belongs beside it, and its actions.
import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  /** Beside the title: a status, a saved indicator. */
  beside?: ReactNode;
  text?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, beside, text, actions }: Props) {
  useDocumentTitle(`${title} · Herald`);
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb="md">
      <Stack gap={2} miw={0} flex="1 1 260px">
        <Group gap="sm">
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {beside}
        </Group>
        {text && (
          <Text size="sm" c="dimmed" component="div">
            {text}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
