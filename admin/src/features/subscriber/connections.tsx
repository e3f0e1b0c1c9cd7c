// A person's connections; one is the main one, over which messages go unless a mailing says otherwise.
import { Radio, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConnectionInfo } from '../../../../src/http/api/subscribers.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import classes from './subscriber.module.css';

interface Props {
  connections: readonly ConnectionInfo[];
  onMain: (connection: number) => Promise<string | null>;
}

export function Connections({ connections, onMain }: Props) {
  const { t } = useTranslation('people');
  const channels = useChannels();
  const format = useFormat();
  const main = connections.find((connection) => connection.main);
  const choose = async (value: string) => {
    const problem = await onMain(Number(value));
    if (problem) toastError(new Error(problem));
  };
  return (
    <section aria-label={t('connections.title')}>
      <Title order={3} mb={6}>
        {t('connections.title')}
      </Title>
      {connections.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('connections.none')}
        </Text>
      )}
      <Radio.Group
        aria-label={t('connections.main')}
        value={main ? String(main.id) : null}
        onChange={(value) => void choose(value)}
      >
        <Stack gap={8}>
          {connections.map((connection) => (
            <div key={connection.id} className={classes.connection}>
              <Radio
                value={String(connection.id)}
                aria-label={t('connections.makeMain', {
                  channel: channels.title(connection.bot.channel),
                  bot: connection.bot.name,
                })}
              />
              <div style={{ flex: 1, minWidth: 0 }}>
                <Text size="sm" fw={500}>
                  {channels.title(connection.bot.channel)} · {connection.bot.name}
                  {connection.main && (
                    <Text span size="sm" c="dimmed" fw={400}>
                      {` · ${t('connections.isMain')}`}
                    </Text>
                  )}
                </Text>
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {connection.address} · {t('connections.since', { date: format.time(connection.since) })}
                  {connection.ref && ` · ${t('connections.ref', { ref: connection.ref })}`}
                </Text>
              </div>
              <StatusBadge of="connection" status={connection.status} />
            </div>
          ))}
        </Stack>
      </Radio.Group>
    </section>
  );
}
