// Sends the draft to chosen people, marked as a test and left out of the figures; the answers stand beside each name.
import { Badge, Button, Group, Modal, MultiSelect, Stack, Text } from '@mantine/core';
import { useDebouncedValue, useLocalStorage } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/api.ts';
import { errorText } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import type { EditedDraft } from './use-draft.ts';

const PAUSE_MS = 250;
const MOST = 20;

interface Person {
  id: string;
  name: string;
}

export function TestDialog({ opened, onClose, edited }: { opened: boolean; onClose: () => void; edited: EditedDraft }) {
  const { t } = useTranslation('wizard');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('test.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <TestForm edited={edited} />
    </Modal>
  );
}

function TestForm({ edited }: { edited: EditedDraft }) {
  const { t } = useTranslation('wizard');
  const channels = useChannels();
  /** The people of the last test are most likely those of the next. */
  const [people, setPeople] = useLocalStorage<Person[]>({ key: 'herald-testers', defaultValue: [] });
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, PAUSE_MS);
  const { data } = useQuery({
    queryKey: [...keys.subscribers, 'pick', asked],
    queryFn: ({ signal }) =>
      api.subscribers.search({ limit: MOST, ...(asked.trim() ? { search: asked.trim() } : {}) }, signal),
    placeholderData: keepPreviousData,
  });
  const test = useMutation({
    mutationFn: async () => {
      if (!(await edited.flush())) throw new Error(t('test.notSaved'));
      return api.mailings.test(edited.id, { subscribers: people.map((person) => person.id) });
    },
  });
  const found = (data?.items ?? []).map((person): Person => ({ id: person.id, name: person.name }));
  const known = [...people, ...found.filter((person) => !people.some((one) => one.id === person.id))];
  const nameOf = (id: string) => known.find((person) => person.id === id)?.name ?? id;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('test.why')}
      </Text>
      <MultiSelect
        label={t('test.people')}
        placeholder={people.length === 0 ? t('test.find') : ''}
        data={known.map((person) => ({ value: person.id, label: person.name }))}
        value={people.map((person) => person.id)}
        onChange={(ids) => setPeople(ids.map((id) => ({ id, name: nameOf(id) })))}
        searchable
        searchValue={search}
        onSearchChange={setSearch}
        maxValues={MOST}
        nothingFoundMessage={t('person.none')}
        data-autofocus
      />
      {test.error && <ErrorLine>{errorText(test.error)}</ErrorLine>}
      {test.data && (
        <Stack
          component="ul"
          gap={6}
          m={0}
          p={0}
          style={{ listStyle: 'none' }}
          aria-live="polite"
          aria-label={t('test.results')}
        >
          {test.data.results.map((result) => (
            <Group key={`${result.subscriber}${result.channel ?? ''}`} component="li" gap="xs">
              <Text size="sm" fw={500}>
                {nameOf(result.subscriber)}
              </Text>
              {result.channel && <Badge color="gray">{channels.title(result.channel)}</Badge>}
              <StatusBadge of="delivery" status={result.state} />
              {result.form !== null && result.form !== 'message' && (
                <Text size="sm" c="dimmed">
                  {t(`test.form.${result.form}`)}
                </Text>
              )}
              {result.detail && (
                <Text size="sm" c="dimmed">
                  {result.detail}
                </Text>
              )}
            </Group>
          ))}
        </Stack>
      )}
      <Group justify="flex-end">
        <Button loading={test.isPending} disabled={people.length === 0} onClick={() => test.mutate()}>
          {t('test.send')}
        </Button>
      </Group>
    </Stack>
  );
}
