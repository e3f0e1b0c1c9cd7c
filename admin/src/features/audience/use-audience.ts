// How many people, and who: asked a moment after the last change, with the old answer shown until the new one is there.
// A stale question is aborted.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AudienceCount, AudienceQuery } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';

const PAUSE_MS = 350;

export interface Counted {
  count: AudienceCount | undefined;
  /** The number shown belongs to an older question. */
  counting: boolean;
  error: unknown;
  /** Asks again. */
  again: () => void;
}

export function useAudienceCount(query: AudienceQuery): Counted {
  const [asked] = useDebouncedValue(query, PAUSE_MS);
  const { data, isFetching, error, refetch } = useQuery({
    queryKey: [...keys.audience, 'count', asked],
    queryFn: ({ signal }) => api.audience.count(asked, signal),
    placeholderData: keepPreviousData,
  });
  return { count: data, counting: isFetching || asked !== query, error, again: () => void refetch() };
}

export function useAudiencePeople(query: AudienceQuery, cursor: string | undefined, limit: number) {
  const [asked] = useDebouncedValue(query, PAUSE_MS);
  return useQuery({
    queryKey: [...keys.audience, 'people', asked, cursor, limit],
    queryFn: ({ signal }) => api.audience.people({ ...asked, limit, ...(cursor ? { cursor } : {}) }, signal),
    placeholderData: keepPreviousData,
  });
}
