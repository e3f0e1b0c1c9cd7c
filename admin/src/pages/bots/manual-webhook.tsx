// Where the platform has no call for it, the webhook's address is pasted by hand: what exactly, and where.
import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Bot, ChannelInfo } from '../../../../src/http/api/bots.ts';
import { CopyField } from '../../ui/copy-field.tsx';
import { StepList } from './step-list.tsx';

export function ManualWebhook({ bot, channel }: { bot: Bot; channel: ChannelInfo }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {bot.lastInboundAt === null && channel.manual.length > 0 ? (
        <StepList title={t('bot.manualTitle')} steps={channel.manual} />
      ) : (
        <Text size="sm">{t('bot.webhook.manual')}</Text>
      )}
      {bot.webhookUrl && <CopyField value={bot.webhookUrl} label={t('bot.webhookUrl')} />}
    </Stack>
  );
}
