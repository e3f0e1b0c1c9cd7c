// One line that says why something a person wanted did not happen, or cannot; read out as it appears.
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  /** `xs` below a field, `sm` beside a button. */
  size?: 'xs' | 'sm';
  mt?: number;
  children: ReactNode;
}

export const ErrorLine = ({ size = 'sm', mt = 0, children }: Props) => (
  <Text size={size} mt={mt} c="var(--mantine-color-error)" role="alert">
    {children}
  </Text>
);
