// How a bot is: whether messages reach us, when it last heard and said something, its last error.
import { Alert, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { Time } from '../../ui/figures.tsx';

export function BotHealth({ bot }: { bot: Bot }) {
  const { t } = useTranslation();
  const times = [
    ['bot.inbound', bot.lastInboundAt],
    ['bot.outbound', bot.lastOutboundAt],
    ['bot.error', bot.lastErrorAt],
    ...(bot.credentialsEndAt === null ? [] : [['bot.credentialsEnd', bot.credentialsEndAt] as const]),
  ] as const;
  return (
    <Stack gap="sm">
      {bot.webhookState !== 'manual' && <Text size="sm">{t(`bot.webhook.${bot.webhookState}`)}</Text>}
      <Table variant="vertical" layout="fixed" withTableBorder fz="sm">
        <Table.Tbody>
          {times.map(([label, at]) => (
            <Table.Tr key={label}>
              <Table.Th w={180}>{t(label)}</Table.Th>
              <Table.Td>{at === null ? t('bot.never') : <Time at={at} />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {bot.lastError && bot.status !== 'attention' && (
        <Alert color="gray" p="xs">
          {bot.lastError}
        </Alert>
      )}
    </Stack>
  );
}
