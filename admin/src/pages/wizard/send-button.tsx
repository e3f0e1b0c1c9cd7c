// The deliberate act: a dialog that names people, messengers and duration before sending, the number typed where many
// would get it. Scheduling needs no dialog; it can be undone.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailingCheck } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import { ApiProblem, errorText, newKey } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { isUnfiltered } from '../../features/audience/tree.ts';
import { isAtOnce } from '../../features/sending/rules.ts';
import { durationWords } from '../../features/sending/duration.ts';
import { ByMessenger } from '../../features/sending/by-messenger.tsx';
import { WhatHappens } from '../../features/sending/what-happens.tsx';
import { resolve } from '../../features/sending/zones.ts';
import { zoneCity } from '../../ui/format.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { toastError, toastUndo } from '../../ui/toast.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useSession } from '../../ui/use-session.ts';
import { useCheck } from './use-check.ts';
import type { EditedDraft } from './use-draft.ts';

interface Props {
  edited: EditedDraft;
  blocked: boolean;
  /** Leaving the page is meant. */
  onSending: (sending: boolean) => void;
}

interface Asking {
  check: MailingCheck;
  /** The number shown before, when it moved meanwhile. */
  before: number | null;
  /** One intention, one key: two clicks send once. */
  key: string;
}

export function SendButton({ edited, blocked, onSending }: Props) {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const client = useQueryClient();
  const format = useFormat();
  const check = useCheck(edited);
  const { workspace } = useSession();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [busy, setBusy] = useState(false);
  const { when, repeat } = edited.draft.settings;
  const [now] = useState(() => Date.now());
  const atOnce = isAtOnce(edited.draft.settings);
  // Of a repeated mailing it only says from when on.
  const past =
    when.mode === 'at' && repeat === null && resolve(when.local, when.zone, now, when.overlap)?.past !== false;
  const refused = check.data?.findings.some((finding) => finding.level === 'error') ?? false;

  const arrive = async () => {
    onSending(true);
    await client.invalidateQueries({ queryKey: keys.mailings });
    await client.invalidateQueries({ queryKey: keys.mailing(edited.id) });
    await navigate({ to: '/mailings/$id', params: { id: edited.id }, ignoreBlocker: true });
  };
  const start = async () => {
    setBusy(true);
    try {
      if (!(await edited.flush())) throw new Error(t('send.notSaved'));
      const fresh = await api.mailings.check(edited.id);
      if (atOnce) return setAsking({ check: fresh, before: null, key: newKey() });
      const mailing = await api.mailings.send(
        edited.id,
        { version: edited.version(), expected: fresh.total },
        newKey(),
      );
      const at = mailing.dueAt ?? fresh.startsAt;
      const zone = when.mode === 'at' ? when.zone : (repeat?.zone ?? workspace.timeZone);
      toastUndo(t('send.scheduled', { time: format.time(at, zone), city: zoneCity(zone) }), () => {
        void api.mailings
          .command(edited.id, 'unschedule')
          .then(() => navigate({ to: '/mailings/$id/edit', params: { id: edited.id } }))
          .catch(toastError);
      });
      await arrive();
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <Button
        onClick={() => void start()}
        loading={busy}
        disabled={blocked || past || refused || edited.state.kind === 'conflict'}
      >
        {t(atOnce ? 'send.now' : 'send.activate')}
      </Button>
      {asking && (
        <SendDialog
          asking={asking}
          edited={edited}
          onClose={() => setAsking(null)}
          onMoved={(fresh) => setAsking({ check: fresh, before: asking.check.total, key: newKey() })}
          onSent={arrive}
        />
      )}
    </>
  );
}

interface DialogProps {
  asking: Asking;
  edited: EditedDraft;
  onClose: () => void;
  onMoved: (check: MailingCheck) => void;
  onSent: () => Promise<void>;
}

function SendDialog({ asking: { check, before, key }, edited, onClose, onMoved, onSent }: DialogProps) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const channels = useChannels();
  const { workspace } = useSession();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const sent = useRef(false);
  const number = format.number(check.total);
  const mustType = check.total >= workspace.confirmFrom || isUnfiltered(edited.draft.audience);
  const ready = !mustType || typed.replaceAll(/\D/g, '') === String(check.total);
  const through = new Intl.ListFormat(format.language).format(
    Object.entries(check.byChannel)
      .filter(([, people]) => people > 0)
      .map(([channel]) => channels.title(channel)),
  );

  const send = async () => {
    if (sent.current) return;
    sent.current = true;
    setBusy(true);
    setError(null);
    try {
      await api.mailings.send(edited.id, { version: edited.version(), expected: check.total }, key);
      await onSent();
    } catch (caught) {
      sent.current = false;
      if (caught instanceof ApiProblem && caught.code === 'audience_moved')
        onMoved(await api.mailings.check(edited.id));
      else setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('send.title', { count: check.total, number })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void send();
        }}
      >
        <Stack>
          {before !== null && (
            <Text size="sm" fw={600} role="alert">
              {t('send.moved', { before: format.number(before), number })}
            </Text>
          )}
          <Text size="sm">
            {t('send.body', {
              name: edited.draft.name,
              channels: through,
              duration: durationWords(check.durationSeconds, format.language),
              speed: format.number(
                edited.draft.settings.speed ??
                  Math.max(1, Math.round(check.total / Math.max(1, check.durationSeconds))),
              ),
            })}
          </Text>
          <ByMessenger check={check} />
          <WhatHappens settings={edited.draft.settings} />
          {mustType && (
            <TextInput
              label={t('send.type', { number })}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              inputMode="numeric"
              autoComplete="off"
            />
          )}
          {error !== null && <ErrorLine>{errorText(error)}</ErrorLine>}
          <Group justify="flex-start" gap="xs">
            <Button type="submit" disabled={!ready} loading={busy}>
              {t('send.confirm', { count: check.total, number })}
            </Button>
            <Button variant="default" onClick={onClose} data-autofocus>
              {t('send.keepEditing')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
