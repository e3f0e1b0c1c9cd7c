// Bots whose platform refuses them, on every page: which they are, what waits for them, and the way to mend it.
import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../src/http/api/bots.ts';
import { ButtonLink } from '../ui/links.tsx';
import { useChannels } from '../ui/use-channels.ts';

export default function AttentionBanner({ bots }: { bots: readonly Bot[] }) {
  const { t } = useTranslation();
  const channels = useChannels();
  return (
    <Stack gap="xs" mb="md" maw={1240} component="section" aria-label={t('attention.label')}>
      {bots.map((bot) => {
        const channel = channels.title(bot.channel);
        return (
          <Alert
            key={bot.id}
            color="red"
            radius="lg"
            icon={<IconPlugConnectedX size={20} aria-hidden />}
            title={t('attention.title', { name: bot.name, channel })}
          >
            <Group gap="sm" justify="space-between">
              <Text size="sm" flex="1 1 260px">
                {t('attention.text', { channel })}
              </Text>
              <ButtonLink to="/bots" search={{ bot: bot.id }} size="xs" color="red.9">
                {t('attention.mend')}
              </ButtonLink>
            </Group>
          </Alert>
        );
      })}
    </Stack>
  );
}
