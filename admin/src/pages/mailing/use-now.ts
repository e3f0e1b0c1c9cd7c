// The present moment, anew every so often, for what counts down.
import { useInterval } from '@mantine/hooks';
import { useState } from 'react';

export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), everyMs, { autoInvoke: true });
  return now;
}
