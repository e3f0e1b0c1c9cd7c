// The first test message: open the bot, press Start, pick oneself among those who came last, and get a message. The draft
// it makes is kept, so the first mailing is already begun.
import '../../app/mantine-forms.css';
import { Button, Group, List, Modal, Radio, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { errorText } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { BotLinkBox } from '../../ui/bot-link.tsx';
import { useFormat } from '../../ui/use-format.ts';

const WATCH_MS = 3000;
const NEWEST = 5;

interface Props {
  opened: boolean;
  onClose: () => void;
  bots: Bot[];
  onDone: () => void;
}

export default function FirstTest({ opened, onClose, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={t('firstTest.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Body {...rest} onClose={onClose} />
    </Modal>
  );
}

function Body({ bots, onDone, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [botId, setBotId] = useState(bots[0]?.id ?? null);
  const [person, setPerson] = useState<string | null>(null);
  const bot = bots.find((item) => item.id === botId);
  const people = useQuery({
    queryKey: [...keys.subscribers, 'newest'],
    queryFn: ({ signal }) => api.subscribers.search({ limit: NEWEST }, signal),
    refetchInterval: WATCH_MS,
  });
  const send = useMutation({
    mutationFn: async (subscriber: string) => {
      const text = t('firstTest.message', { name: `{{first_name|${t('firstTest.friend')}}}` });
      const content = { synchronised: true, variants: { '*': { elements: [{ kind: 'text' as const, text }] } } };
      const draft = await api.mailings.create({ name: t('firstTest.draft'), content });
      return api.mailings.test(draft.id, { subscribers: [subscriber] });
    },
    onSuccess: ({ results }) => {
      void client.invalidateQueries({ queryKey: keys.mailings });
      if (results.every((result) => result.reason === null)) onDone();
    },
  });
  const result = send.data?.results[0];

  return (
    <Stack gap="md">
      <List type="ordered" spacing="md" size="sm">
        <List.Item>
          <Stack gap="xs">
            <Text size="sm">{t('firstTest.open')}</Text>
            {bots.length > 1 && (
              <Select
                aria-label={t('firstTest.bot')}
                data={bots.map(({ id, name }) => ({ value: id, label: name }))}
                value={botId}
                allowDeselect={false}
                onChange={setBotId}
              />
            )}
            {bot && <BotLinkBox bot={bot} />}
          </Stack>
        </List.Item>
        <List.Item>
          <Radio.Group label={t('firstTest.pick')} value={person} onChange={setPerson}>
            <Stack gap="xs" mt="xs">
              {(people.data?.items ?? []).map((item) => (
                <Radio
                  key={item.id}
                  value={item.id}
                  label={item.name}
                  description={item.subscribedAt === null ? undefined : format.relative(item.subscribedAt)}
                />
              ))}
              {people.data?.items.length === 0 && (
                <Text size="sm" c="dimmed" aria-live="polite">
                  {t('firstTest.waiting')}
                </Text>
              )}
            </Stack>
          </Radio.Group>
        </List.Item>
      </List>
      <Text size="sm" aria-live="polite" c={result?.reason ? 'red' : undefined}>
        {send.isError && errorText(send.error)}
        {result && (result.reason ? (result.detail ?? t('firstTest.failed')) : t('firstTest.sent'))}
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
        <Button disabled={!person} loading={send.isPending} onClick={() => person && send.mutate(person)}>
          {t('firstTest.send')}
        </Button>
      </Group>
    </Stack>
  );
}
