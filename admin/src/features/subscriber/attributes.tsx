// A person's attributes, each edited by its type, and the way to define another one.
import { Button, Group, Modal, Select, Stack, TagsInput, Text, TextInput, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attribute, SubscriberDetails } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { AttributeField } from './attribute-field.tsx';
import { keyFrom } from './attribute-key.ts';

const TYPES = [
  'text',
  'number',
  'boolean',
  'date',
  'list',
  'choice',
  'choices',
] as const satisfies readonly Attribute['type'][];

type Value = SubscriberDetails['attributes'][string];

interface Props {
  attributes: SubscriberDetails['attributes'];
  onSave: (key: string, value: Value) => Promise<string | null>;
}

export function Attributes({ attributes, onSave }: Props) {
  const { t } = useTranslation('people');
  const { data } = useQuery(queries.attributes());
  const [defining, setDefining] = useState(false);
  const definitions = data?.items ?? [];
  return (
    <section aria-label={t('attributes.title')}>
      <Group justify="space-between" mb={6}>
        <Title order={3}>{t('attributes.title')}</Title>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setDefining(true)}
        >
          {t('attributes.define')}
        </Button>
      </Group>
      {definitions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('attributes.none')}
        </Text>
      )}
      {definitions.map((definition) => (
        <AttributeField
          key={definition.key}
          definition={definition}
          value={attributes[definition.key] ?? null}
          onSave={(value) => onSave(definition.key, value)}
        />
      ))}
      <Modal
        opened={defining}
        onClose={() => setDefining(false)}
        title={t('attributes.newTitle')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <DefinitionForm onDone={() => setDefining(false)} />
      </Modal>
    </section>
  );
}

function DefinitionForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const [type, setType] = useState<Attribute['type']>('text');
  const [choices, setChoices] = useState<string[]>([]);
  const shownKey = key ?? keyFrom(name);
  const closed = type === 'choice' || type === 'choices';
  const create = useMutation({
    mutationFn: () => api.attributes.create({ key: shownKey, name: name.trim(), type, choices: closed ? choices : [] }),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['attributes'] }),
        client.invalidateQueries({ queryKey: queries.fields().queryKey }),
      ]);
      onDone();
    },
  });
  const wrong = fieldErrors(create.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('attributes.name')}
          value={name}
          maxLength={120}
          error={wrong.name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t('attributes.key')}
          description={t('attributes.keyWhy', { key: shownKey || 'city' })}
          value={shownKey}
          maxLength={63}
          error={wrong.key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Select
          label={t('attributes.type')}
          data={TYPES.map((value) => ({ value, label: t(`attributeType.${value}`) }))}
          value={type}
          allowDeselect={false}
          onChange={(value) => setType(TYPES.find((one) => one === value) ?? 'text')}
        />
        {closed && (
          <TagsInput
            label={t('attributes.choices')}
            placeholder={t('attributes.choicesHow')}
            value={choices}
            onChange={setChoices}
            error={wrong.choices}
          />
        )}
        {create.error && Object.keys(wrong).length === 0 && <ErrorLine>{errorText(create.error)}</ErrorLine>}
        <Group justify="flex-end">
          <Button
            type="submit"
            loading={create.isPending}
            disabled={name.trim() === '' || shownKey === '' || (closed && choices.length === 0)}
          >
            {t('attributes.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
