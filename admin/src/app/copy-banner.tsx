// On a server that may be a restored copy: why nothing is sent, on every page, and the word that settles it. All else
// goes on working.
import { Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopyOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstanceAnswer } from '../../../src/http/api/instance.ts';
import type { Session } from '../../../src/http/api/session.ts';
import { api } from '../api/api.ts';
import { keys, queries } from '../api/queries.ts';
import { ConfirmDialog } from '../ui/confirm.tsx';
import { Time } from '../ui/figures.tsx';
import { Notice } from '../ui/notice.tsx';
import { useFormat } from '../ui/use-format.ts';
import { toast } from '../ui/toast.tsx';
import { useSession } from '../ui/use-session.ts';

/** Somebody may confirm it elsewhere, or by the command line. */
const ASK_MS = 15_000;

export default function CopyBanner({ copy }: { copy: NonNullable<Session['copy']> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { staff } = useSession();
  const { data: instance } = useQuery({ ...queries.instance(), refetchInterval: ASK_MS });
  const [asking, ask] = useDisclosure(false);
  const mayConfirm = staff.role === 'owner' || staff.role === 'admin';
  const settled = instance?.confirmed === true;
  useEffect(() => {
    if (settled) void client.invalidateQueries({ queryKey: keys.session });
  }, [client, settled]);
  const button = (
    <Button size="xs" variant="default" disabled={!mayConfirm} onClick={ask.open}>
      {t('copy.confirm')}
    </Button>
  );
  return (
    <Notice icon={<IconCopyOff size={20} aria-hidden />} title={t('copy.title')} mb="md">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{copy.text}</Text>
        <Group gap="sm">
          {mayConfirm ? (
            button
          ) : (
            <Tooltip label={t('copy.noRight')}>
              <span>{button}</span>
            </Tooltip>
          )}
          <Text size="sm" c="dimmed">
            {t('copy.rest')}
          </Text>
        </Group>
      </Stack>
      <Question
        copy={copy}
        instance={instance}
        opened={asking}
        onClose={ask.close}
        onConfirmed={() => {
          toast(t('copy.confirmed'));
          void client.invalidateQueries();
        }}
      />
    </Notice>
  );
}

interface QuestionProps {
  copy: NonNullable<Session['copy']>;
  instance: InstanceAnswer | undefined;
  opened: boolean;
  onClose: () => void;
  onConfirmed: () => void;
}

function Question({ copy, instance, opened, onClose, onConfirmed }: QuestionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { workspace } = useSession();
  const elsewhere = instance?.sendingElsewhere ?? [];
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t('copy.question')}
      confirm={t('copy.yes')}
      typed={workspace.name}
      onConfirm={async () => {
        await api.instance.confirm();
        onConfirmed();
      }}
    >
      <Stack gap="xs">
        <span>{t('copy.meaning')}</span>
        <Text component="ul" size="sm" m={0} ps={18}>
          <li>
            {t('copy.named', { host: copy.host })} <Time at={copy.since} withZone />
          </li>
          {instance && (
            <li>
              {t('copy.lastSent')} <Time at={instance.lastSentAt} withZone />
            </li>
          )}
          {instance && (
            <li>{t('copy.mailings', { count: instance.mailings, number: format.number(instance.mailings) })}</li>
          )}
        </Text>
        {elsewhere.length > 0 && (
          <Text size="sm" fw={600} role="alert">
            {t('copy.elsewhere', {
              hosts: new Intl.ListFormat(format.language).format(elsewhere.map((sender) => sender.host)),
            })}
          </Text>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
