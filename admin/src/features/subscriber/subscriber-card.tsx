// Everything about one person: profile, connections, tags, attributes, and one timeline of messages and events.
import { Avatar, Group, Skeleton, Stack, TagsInput, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SubscriberDetails, SubscriberPatch } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { keys, queries } from '../../api/queries.ts';
import { ErrorState } from '../../ui/states.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { Attributes } from './attributes.tsx';
import { Connections } from './connections.tsx';
import { InlineField } from './inline-field.tsx';
import { Timeline } from './timeline.tsx';

const PROFILE = ['firstName', 'lastName', 'locale', 'timeZone', 'phone', 'email'] as const;

export type SaveSubscriber = (patch: SubscriberPatch) => Promise<string | null>;

export function SubscriberCard({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(queries.subscriber(id));
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <Stack aria-hidden>
        <Skeleton h={56} />
        <Skeleton h={180} />
        <Skeleton h={120} />
      </Stack>
    );
  }
  return <Card person={data} />;
}

function Card({ person }: { person: SubscriberDetails }) {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const format = useFormat();
  const { data: tags } = useQuery(queries.tags());
  const change = useMutation({
    mutationFn: (patch: SubscriberPatch) => api.subscribers.patch(person.id, patch),
    onSuccess: (saved) => {
      client.setQueryData(keys.subscriber(person.id), saved);
      void client.invalidateQueries({ queryKey: keys.subscribers });
      void client.invalidateQueries({ queryKey: ['tags'] });
    },
  });
  /** Answers the sentence to show at the field, or null when it is saved. */
  const save: SaveSubscriber = async (patch) => {
    try {
      await change.mutateAsync(patch);
      return null;
    } catch (error) {
      return Object.values(fieldErrors(error))[0] ?? errorText(error);
    }
  };
  const saveTags = async (list: string[]) => {
    const problem = await save({ tags: list });
    if (problem) toastError(new Error(problem));
  };
  return (
    <Stack gap="lg">
      <Group wrap="nowrap" gap="md">
        <Avatar name={person.name} color="initials" size={52} radius="xl" alt="" aria-hidden />
        <div style={{ minWidth: 0 }}>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {person.name}
          </Title>
          <Text size="sm" c="dimmed">
            {t('card.since', { date: format.time(person.createdAt) })}
            {person.lastSeenAt !== null && ` · ${t('card.seen', { time: format.relative(person.lastSeenAt) })}`}
          </Text>
        </div>
      </Group>
      <section aria-label={t('card.profile')}>
        <Title order={3} mb={6}>
          {t('card.profile')}
        </Title>
        {PROFILE.map((field) => (
          <InlineField
            key={field}
            label={t(`field.${field}`)}
            value={person[field] ?? ''}
            onSave={(value) => save({ [field]: value.trim() === '' ? null : value.trim() })}
          />
        ))}
        {person.externalKey && <InlineField label={t('field.externalKey')} value={person.externalKey} />}
      </section>
      <Connections connections={person.connections} onMain={(connection) => save({ mainConnectionId: connection })} />
      <section aria-label={t('card.tags')}>
        <TagsInput
          label={t('card.tags')}
          labelProps={{ fw: 600, fz: 15, mb: 6 }}
          placeholder={person.tags.length === 0 ? t('card.addTag') : ''}
          data={(tags?.items ?? []).map((tag) => tag.name)}
          value={person.tags}
          onChange={(list) => void saveTags(list)}
          clearable={false}
        />
      </section>
      <Attributes attributes={person.attributes} onSave={(key, value) => save({ attributes: { [key]: value } })} />
      <Timeline id={person.id} />
    </Stack>
  );
}
