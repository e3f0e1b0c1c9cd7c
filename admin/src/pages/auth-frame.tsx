// The frame of the pages without a session: a narrow form in the middle, language and colour scheme in the corner.
import { Box, Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { LanguageMenu } from '../app/language-menu.tsx';
import { SchemeButton } from '../app/scheme-button.tsx';

export function AuthFrame({
  title,
  text,
  children,
  width = 420,
}: {
  title: string;
  text?: string;
  children: ReactNode;
  width?: number;
}) {
  useDocumentTitle(`${title} · Herald`);
  return (
    <Box mih="100dvh" bg="var(--herald-page)" pb="xl">
      <Group component="header" justify="space-between" p="md">
        <Group gap="sm">
          <img src="/herald.svg" alt="" width={28} height={28} />
          <Text fw={600}>Herald</Text>
        </Group>
        <Group gap={4}>
          <LanguageMenu />
          <SchemeButton />
        </Group>
      </Group>
      <Center component="main" px="md" pt={{ base: 'md', sm: 48 }}>
        <Stack w="100%" maw={width} gap="lg">
          <Stack gap={4}>
            <Title order={1}>{title}</Title>
            {text && <Text c="dimmed">{text}</Text>}
          </Stack>
          <Paper withBorder radius="lg" p="lg" bg="var(--herald-surface)">
            {children}
          </Paper>
        </Stack>
      </Center>
    </Box>
  );
}
