// Bots whose credentials end and could not be renewed, on every page: until when they hold, and the way to mend it.
import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../src/http/api/bots.ts';
import { ButtonLink } from '../ui/links.tsx';
import { useChannels } from '../ui/use-channels.ts';
import { useFormat } from '../ui/use-format.ts';

export default function RenewalBanner({ bots }: { bots: readonly Bot[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const channels = useChannels();
  return (
    <Stack gap="xs" mb="md" maw={1240} component="section" aria-label={t('renewal.label')}>
      {bots.map((bot) => (
        <Alert
          key={bot.id}
          color="orange"
          radius="lg"
          icon={<IconClockExclamation size={20} aria-hidden />}
          title={t('renewal.title', { name: bot.name, channel: channels.title(bot.channel) })}
        >
          <Group gap="sm" justify="space-between">
            <Text size="sm" flex="1 1 260px">
              {bot.credentialsEndAt === null
                ? t('renewal.unknown')
                : t('renewal.ends', { time: format.fullTime(bot.credentialsEndAt) })}
            </Text>
            <ButtonLink to="/bots" search={{ bot: bot.id }} size="xs" color="orange.9">
              {t('attention.mend')}
            </ButtonLink>
          </Group>
        </Alert>
      ))}
    </Stack>
  );
}
