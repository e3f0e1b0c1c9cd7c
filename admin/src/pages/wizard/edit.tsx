// Opens a mailing for editing: the draft's wizard, the same for a repeated mailing between two starts, or what to do first
// when it is neither.
import '../../app/mantine-forms.css';
import { Button, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toastError } from '../../ui/toast.tsx';
import { isBetweenStarts } from './series-edit.tsx';
import { Wizard } from './wizard.tsx';

export default function EditMailingPage() {
  const { id = '' } = useParams({ strict: false });
  const [opening, setOpening] = useState(0);
  return <Opened key={`${id} ${opening}`} id={id} opening={opening} onReopen={() => setOpening(opening + 1)} />;
}

/** Reads the mailing once: what is typed afterwards must not be replaced by an answer. */
function Opened({ id, opening, onReopen }: { id: string; opening: number; onReopen: () => void }) {
  const { t } = useTranslation('wizard');
  const { data, error, refetch } = useQuery({
    queryKey: ['wizard', id, opening],
    queryFn: () => api.mailings.get(id),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <Stack aria-hidden>
        <Skeleton h={36} w={260} />
        <Skeleton h={60} />
        <Skeleton h={360} />
      </Stack>
    );
  }
  if (data.state === 'draft' || isBetweenStarts(data)) return <Wizard mailing={data} onReopen={onReopen} />;
  const takeBack = async () => {
    try {
      await api.mailings.command(id, 'unschedule');
      onReopen();
    } catch (caught) {
      toastError(caught);
    }
  };
  return (
    <>
      <PageHeader title={data.name} />
      <EmptyState text={t(reasonOf(data))}>
        {(data.state === 'scheduled' || data.state === 'failed') && (
          <Button onClick={() => void takeBack()}>{t('closed.takeBack')}</Button>
        )}
        <Button variant="default" component={Link} to={`/mailings/${id}`}>
          {t('closed.open')}
        </Button>
      </EmptyState>
    </>
  );
}

function reasonOf({ state, repeats }: Mailing): 'closed.scheduled' | 'closed.series' | 'closed.started' {
  if (state === 'scheduled') return 'closed.scheduled';
  return repeats && state !== 'sent' ? 'closed.series' : 'closed.started';
}
