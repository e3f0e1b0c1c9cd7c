// Asks the server what is ready and what is missing; only once everything is saved, because it checks what it has.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import type { EditedDraft } from './use-draft.ts';

export const useCheck = (edited: EditedDraft) =>
  useQuery({
    queryKey: ['check', edited.id, edited.version()],
    queryFn: ({ signal }) => api.mailings.check(edited.id, signal),
    enabled: edited.state.kind === 'saved',
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
