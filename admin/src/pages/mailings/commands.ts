// What one can do with a mailing, with the cache kept right and the way back offered where there is one.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Mailing, MailingRow } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import type { MailingCommand } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { toast, toastError, toastUndo } from '../../ui/toast.tsx';

export interface MailingCommands {
  copy(): void;
  remove(): void;
  restore(): void;
  continue(): void;
  unschedule(): void;
  /** Ends a repeated mailing that has begun: no more starts. */
  end(): Promise<Mailing>;
  /** Goes on in spite of what it asks: however late it is, whatever the first people said. */
  goOn(): Promise<Mailing>;
  /** Gives up this start of a repeated mailing and waits for the next one. */
  skip(): void;
  /** Resolves when the server has stopped it. */
  stop(): Promise<Mailing>;
  busy: boolean;
}

export function useMailingCommands(mailing: Pick<MailingRow, 'id' | 'name'>): MailingCommands {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, name } = mailing;

  const keep = (changed: Mailing) => {
    client.setQueryData(keys.mailing(changed.id), changed);
    void client.invalidateQueries({ queryKey: keys.mailings });
  };
  const command = useMutation({
    mutationFn: (what: MailingCommand) => api.mailings.command(id, what),
    onSuccess: keep,
    onError: toastError,
  });
  const removal = useMutation({
    mutationFn: () => api.mailings.remove(id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.mailings });
      void client.invalidateQueries({ queryKey: keys.mailing(id) });
      toastUndo(t('mailings.deleted', { name }), () => command.mutate('restore'));
    },
    onError: toastError,
  });
  const open = (copy: Mailing) => void navigate({ to: '/mailings/$id/edit', params: { id: copy.id } });

  return {
    copy: () => command.mutate('copy', { onSuccess: open }),
    remove: () => removal.mutate(),
    restore: () => command.mutate('restore', { onSuccess: () => toast(t('mailings.restored', { name })) }),
    continue: () => command.mutate('continue'),
    unschedule: () =>
      command.mutate('unschedule', { onSuccess: (changed) => changed.state === 'draft' && open(changed) }),
    end: () => command.mutateAsync('unschedule'),
    stop: () => command.mutateAsync('stop'),
    goOn: () => command.mutateAsync('continue'),
    skip: () => command.mutate('skip'),
    busy: command.isPending || removal.isPending,
  };
}
