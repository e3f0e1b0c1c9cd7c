// A bordered surface with an optional heading: the one kind of box on a page.
import { Group, Paper, Title } from '@mantine/core';
import type { PaperProps } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';

interface Props extends PaperProps {
  title?: string;
  beside?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, beside, children, ...rest }: Props) {
  const id = useId();
  return (
    <Paper
      withBorder
      radius="lg"
      p="md"
      bg="var(--herald-surface)"
      component="section"
      aria-labelledby={title ? id : undefined}
      {...rest}
    >
      {title && (
        <Group justify="space-between" mb="sm" gap="xs">
          <Title order={2} id={id}>
            {title}
          </Title>
          {beside}
        </Group>
      )}
      {children}
    </Paper>
  );
}
