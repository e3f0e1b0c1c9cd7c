// One connected bot at a glance: who it is, whether it works, how many people it reaches.
import { Anchor, Badge, Box, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { BotPicture } from '../../ui/bot-picture.tsx';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { formatUsername } from '../../ui/format.ts';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import classes from './bots.module.css';

export function BotCard({ bot, onOpen }: { bot: Bot; onOpen: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const channels = useChannels();
  const channel = channels.get(bot.channel);
  return (
    <Box component="li" className={classes.card ?? ''}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <BotPicture name={bot.name} picture={bot.picture} />
        <Stack gap={0} flex={1} miw={0}>
          <Anchor
            component="button"
            type="button"
            className={classes.open ?? ''}
            onClick={onOpen}
            ta="start"
            fw={600}
            c="var(--mantine-color-text)"
          >
            {bot.name}
          </Anchor>
          <Group gap={6} wrap="nowrap">
            {channel && <ChannelMark channel={channel} size={16} />}
            <Text size="sm" c="dimmed" truncate>
              {channels.title(bot.channel)}
              {bot.username ? ` · ${formatUsername(bot.username)}` : ''}
            </Text>
          </Group>
        </Stack>
        <Stack gap={4} align="flex-end">
          <StatusBadge of="bot" status={bot.status} />
          {bot.simulated && <Badge color="grape">{t('bot.simulated')}</Badge>}
        </Stack>
      </Group>
      <Group gap="md" mt="md" align="flex-end" justify="space-between" wrap="nowrap">
        <div>
          <Text fz={22} fw={600} lh={1.2} className="figures">
            {format.number(bot.active)}
          </Text>
          <Text size="xs" c="dimmed">
            {t('bot.activeOf', { count: bot.subscribers, total: format.number(bot.subscribers) })}
          </Text>
        </div>
        <Text size="xs" c="dimmed" ta="end">
          {bot.lastInboundAt === null
            ? t('bot.noInbound')
            : t('bot.lastInbound', { time: format.relative(bot.lastInboundAt) })}
        </Text>
      </Group>
      {bot.status === 'attention' && bot.lastError && (
        <Text size="sm" c="var(--mantine-color-error)" mt="sm" lineClamp={2}>
          {bot.lastError}
        </Text>
      )}
    </Box>
  );
}
