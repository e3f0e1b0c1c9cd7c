// Saves a part of the workspace's settings; what comes back is what every page goes on with.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Session } from '../../../../src/http/api/session.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { toast } from '../../ui/toast.tsx';

export function useSaveWorkspace() {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: api.workspace.patch,
    onSuccess: (saved) => {
      client.setQueryData<Session>(keys.session, (session) => session && { ...session, workspace: saved });
      toast(t('settings.saved'));
      void client.invalidateQueries({ queryKey: keys.bots });
    },
  });
}
