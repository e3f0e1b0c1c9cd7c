// Everything about one bot: the round trip that shows it works, health, pace, the website chat's settings, credentials, and
// the way to disconnect it.
import { Alert, Badge, Button, Divider, Drawer, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Bot, BotPatch } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { BotPicture } from '../../ui/bot-picture.tsx';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { toastError } from '../../ui/toast.tsx';
import { formatUsername } from '../../ui/format.ts';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import { BotHealth } from './bot-health.tsx';
import { CredentialsForm } from './credentials-form.tsx';
import { ManualWebhook } from './manual-webhook.tsx';
import { RateForm } from './rate-form.tsx';
import { SayHi } from './say-hi.tsx';
import { WidgetForm } from './widget-form.tsx';
import { WidgetSecret } from './widget-secret.tsx';

export function BotDrawer({ bot, onClose }: { bot: Bot | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={bot !== null}
      onClose={onClose}
      title={bot?.name}
      size={560}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {bot && <BotDetails key={bot.id} bot={bot} onClose={onClose} />}
    </Drawer>
  );
}

function BotDetails({ bot, onClose }: { bot: Bot; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const channels = useChannels();
  const channel = channels.get(bot.channel);
  const [removing, removal] = useDisclosure(false);
  const refresh = () => client.invalidateQueries({ queryKey: keys.bots });
  const patch = useMutation({ mutationFn: (body: BotPatch) => api.bots.patch(bot.id, body), onSuccess: refresh });
  const paused = bot.status === 'paused';
  const replace = (credentials: Record<string, string>) => patch.mutateAsync({ credentials });

  return (
    <Stack gap="md">
      <Group gap="sm" wrap="nowrap">
        <BotPicture name={bot.name} picture={bot.picture} size={48} />
        <Stack gap={2} flex={1} miw={0}>
          <Text size="sm" c="dimmed">
            {channels.title(bot.channel)}
            {bot.username ? ` · ${formatUsername(bot.username)}` : ''}
          </Text>
          <Group gap={6}>
            <StatusBadge of="bot" status={bot.status} />
            {bot.simulated && <Badge color="grape">{t('bot.simulated')}</Badge>}
          </Group>
        </Stack>
        <Button
          variant="default"
          loading={patch.isPending}
          onClick={() => patch.mutate({ paused: !paused }, { onError: toastError })}
        >
          {t(paused ? 'bot.resume' : 'bot.pause')}
        </Button>
      </Group>
      {bot.status === 'attention' && (
        <Alert color="red" title={t('bot.attention')}>
          <Stack gap="sm">
            <Text size="sm">{bot.lastError ?? t('attention.text', { channel: channels.title(bot.channel) })}</Text>
            {channel && channel.credentials.length > 0 && (
              <CredentialsForm bot={bot} channel={channel} startEditing onSave={replace} />
            )}
          </Stack>
        </Alert>
      )}
      {bot.webhookState === 'manual' && channel && <ManualWebhook bot={bot} channel={channel} />}
      {bot.widget && (
        <>
          <Section title={t('widget.title')}>
            <Text size="sm" mb="xs">
              {t('widget.snippetText')}
            </Text>
            <CopyField value={bot.widget.snippet} label={t('widget.snippet')} />
            <WidgetForm widget={bot.widget} onSave={(widget) => patch.mutateAsync({ widget })} />
          </Section>
          <Section title={t('widget.secret')}>
            <WidgetSecret bot={bot} />
          </Section>
        </>
      )}
      <Section title={t('hello.title')}>
        <SayHi bot={bot} />
      </Section>
      <Section title={t('bot.health')}>
        <BotHealth bot={bot} />
      </Section>
      {channel && (
        <Section title={t('bot.pace')}>
          <RateForm bot={bot} limit={channel.capabilities.rate.bot} onSave={(rate) => patch.mutateAsync({ rate })} />
        </Section>
      )}
      {channel && channel.credentials.length > 0 && bot.status !== 'attention' && (
        <Section title={t('bot.credentials')}>
          <CredentialsForm bot={bot} channel={channel} onSave={replace} />
        </Section>
      )}
      <Divider />
      <Group justify="flex-start">
        <Button color="red" variant="light" onClick={removal.open}>
          {t('bot.disconnect')}
        </Button>
      </Group>
      <ConfirmDialog
        opened={removing}
        onClose={removal.close}
        title={t('bot.disconnectTitle', { name: bot.name })}
        confirm={t('bot.disconnectConfirm')}
        typed={bot.name}
        danger
        onConfirm={async () => {
          await api.bots.remove(bot.id);
          await refresh();
          onClose();
        }}
      >
        {t('bot.disconnectText', { count: bot.subscribers, people: format.number(bot.subscribers) })}
      </ConfirmDialog>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Divider label={title} labelPosition="left" />
      <div>{children}</div>
    </Stack>
  );
}
