// A repeated mailing between two of its starts, opened for editing: nothing is saved by itself, since what is saved goes out
// at the next start without anybody looking at it again.
import { Alert, Button, Text } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { keys } from '../../api/queries.ts';
import { Time } from '../../ui/figures.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import type { EditedDraft } from './use-draft.ts';

export const isBetweenStarts = ({ state, repeats, starts }: Mailing): boolean =>
  state === 'scheduled' && repeats && starts > 0;

export function SeriesNotice({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation('wizard');
  const zone = mailing.settings.repeat?.zone;
  return (
    <Alert color="indigo" radius="lg" mb="md" icon={<IconRepeat size={20} aria-hidden />} title={t('series.title')}>
      <Text size="sm">
        {t('series.text')} <Time at={mailing.dueAt} {...(zone ? { zone } : {})} withZone />
      </Text>
    </Alert>
  );
}

interface SaveProps {
  edited: EditedDraft;
  /** Something is missing that the next start could not go out without. */
  blocked: boolean;
  onBlocked: () => void;
  /** Leaving the page is meant. */
  onSaving: (saving: boolean) => void;
}

export function SeriesSave({ edited, blocked, onBlocked, onSaving }: SaveProps) {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  const save = async () => {
    if (blocked) return onBlocked();
    setBusy(true);
    const saved = await edited.save();
    setBusy(false);
    if (!saved) return toastError(new Error(t('series.notSaved')));
    onSaving(true);
    toast(t('series.saved'));
    await client.invalidateQueries({ queryKey: keys.mailings });
    await navigate({ to: '/mailings/$id', params: { id: edited.id }, ignoreBlocker: true });
  };

  return (
    <Button onClick={() => void save()} loading={busy} disabled={edited.state.kind === 'saved'}>
      {t('series.save')}
    </Button>
  );
}
