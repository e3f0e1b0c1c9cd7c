// The address where people subscribe to a bot, to be copied or scanned.
import { Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../src/http/api/bots.ts';
import { queries } from '../api/queries.ts';
import { CopyField } from './copy-field.tsx';

const QR_SIZE = 132;

/** The server draws the code as SVG; as the source of a picture nothing in it can run. */
const pictureOf = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

export function BotLinkBox({ bot }: { bot: Bot }) {
  const { t } = useTranslation();
  const link = useQuery({ ...queries.botLink(bot.id), enabled: bot.link !== null });
  if (bot.link === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('bot.noLink')}
      </Text>
    );
  }
  return (
    <Group gap="md" align="flex-start">
      {link.data ? (
        <img
          src={pictureOf(link.data.qr)}
          width={QR_SIZE}
          height={QR_SIZE}
          alt={t('bot.qr', { name: bot.name })}
          style={{ background: '#fff', borderRadius: 8, padding: 4 }}
        />
      ) : (
        <Skeleton h={QR_SIZE} w={QR_SIZE} />
      )}
      <Stack gap="xs" flex="1 1 220px" miw={0}>
        <Text size="sm">{t(bot.widget ? 'bot.demoText' : 'bot.linkText')}</Text>
        <CopyField value={link.data?.link ?? bot.link} label={t('bot.link')} />
      </Stack>
    </Group>
  );
}
