// Who was not reached and why, in words, with the way to try those again whose reason may pass.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import type { Statistics } from '../../../../src/http/api/statistics.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { AnchorLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/panel.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';

type Reason = Statistics['skips'][number];

export function Failures({ mailing, statistics }: { mailing: Mailing; statistics: Statistics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: (which: 'failed' | 'unconfirmed') => api.mailings.retry(mailing.id, { which }),
    onSuccess: ({ planned }) => {
      toast(t('failures.retried', { count: planned, people: format.number(planned) }));
      void client.invalidateQueries({ queryKey: keys.mailing(mailing.id) });
      void client.invalidateQueries({ queryKey: keys.statistics(mailing.id) });
      void client.invalidateQueries({ queryKey: keys.recipients(mailing.id) });
    },
    onError: toastError,
  });
  const { unconfirmed } = statistics.figures;
  const retryable = statistics.failures.reduce((sum, failure) => sum + (failure.retryable ? failure.people : 0), 0);
  if (statistics.failures.length === 0 && statistics.skips.length === 0 && unconfirmed === 0) return null;
  const retryButton = (which: 'failed' | 'unconfirmed', count: number) => (
    <Button variant="default" size="xs" loading={retry.isPending} onClick={() => retry.mutate(which)}>
      {t(which === 'failed' ? 'failures.retry' : 'failures.retryUnconfirmed', { count, people: format.number(count) })}
    </Button>
  );
  return (
    <Panel title={t('failures.title')} beside={retryable > 0 ? retryButton('failed', retryable) : null}>
      <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {statistics.failures.map((failure) => (
          <ReasonRow key={failure.reason} mailing={mailing} reason={failure} state="failed" />
        ))}
        {statistics.skips.map((skip) => (
          <ReasonRow key={skip.reason} mailing={mailing} reason={skip} state="skipped" />
        ))}
      </Stack>
      {unconfirmed > 0 && (
        <Group justify="space-between" gap="sm" mt="sm">
          <Text size="sm" flex="1 1 320px">
            {t('failures.unconfirmed', { count: unconfirmed, people: format.number(unconfirmed) })}
          </Text>
          {retryButton('unconfirmed', unconfirmed)}
        </Group>
      )}
    </Panel>
  );
}

function ReasonRow({ mailing, reason, state }: { mailing: Mailing; reason: Reason; state: 'failed' | 'skipped' }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group component="li" justify="space-between" wrap="nowrap" gap="md" py={8}>
      <Text size="sm">{reason.explanation}</Text>
      <AnchorLink
        to="/mailings/$id"
        params={{ id: mailing.id }}
        search={{ tab: 'recipients', state, reason: reason.reason }}
        size="sm"
        className="figures"
        style={{ whiteSpace: 'nowrap' }}
      >
        {t('failures.people', { count: reason.people, people: format.number(reason.people) })}
      </AnchorLink>
    </Group>
  );
}
