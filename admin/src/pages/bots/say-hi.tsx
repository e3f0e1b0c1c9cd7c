// The round trip: a person writes to the bot from their own account, the page hears of it, and the bot answers. Nobody has
// to believe that a bot works.
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconCheck, IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { errorText } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { BotLinkBox } from '../../ui/bot-link.tsx';
import { useFormat } from '../../ui/use-format.ts';
import classes from './bots.module.css';

const LOOK_MS = 2000;
/** Who has not written by then is not about to. */
const WATCH_MS = 10 * 60_000;

export function SayHi({ bot }: { bot: Bot }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [since] = useState(() => bot.lastInboundAt);
  const heard = bot.lastInboundAt !== null && bot.lastInboundAt !== since;
  const answer = useMutation({ mutationFn: () => api.bots.hello(bot.id) });

  useEffect(() => {
    if (heard) return;
    const look = setInterval(() => void client.invalidateQueries({ queryKey: keys.bots, exact: true }), LOOK_MS);
    const end = setTimeout(() => clearInterval(look), WATCH_MS);
    return () => {
      clearInterval(look);
      clearTimeout(end);
    };
  }, [client, heard]);

  const name = answer.data?.person ?? t('hello.nameless');
  return (
    <Stack gap="sm">
      <BotLinkBox bot={bot} />
      <Text size="sm">{t('hello.open')}</Text>
      <Group gap="xs" wrap="nowrap" aria-live="polite">
        {heard || bot.lastInboundAt !== null ? (
          <>
            <IconCheck size={18} className={classes.good ?? ''} aria-hidden />
            <Text size="sm">{t('hello.heard', { time: format.relative(bot.lastInboundAt ?? 0) })}</Text>
          </>
        ) : (
          <>
            <Loader size={16} aria-hidden />
            <Text size="sm" c="dimmed">
              {t('hello.waiting')}
            </Text>
          </>
        )}
      </Group>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconSend size={16} aria-hidden />}
          disabled={bot.lastInboundAt === null}
          loading={answer.isPending}
          onClick={() => answer.mutate()}
        >
          {t('hello.answer')}
        </Button>
      </Group>
      <Text
        size="sm"
        aria-live="polite"
        c={answer.isError || answer.data?.arrived === false ? 'var(--mantine-color-error)' : undefined}
      >
        {answer.isError && errorText(answer.error)}
        {answer.data &&
          (answer.data.arrived
            ? t('hello.answered', { name })
            : t('hello.failed', { name, detail: answer.data.detail ?? '' }))}
      </Text>
    </Stack>
  );
}
