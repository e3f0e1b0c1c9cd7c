// What each column is, whose addresses they are, and the consent: then a run that writes nothing, then the real one.
import { Button, Checkbox, Group, Select, Stack, Table, TagsInput, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Import, ImportOptions } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { keys, queries } from '../../api/queries.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import classes from './import.module.css';

/** Columns a person can be made of; attributes are added to them. */
const FIELDS = [
  'ignore',
  'external_key',
  'name',
  'first_name',
  'last_name',
  'email',
  'phone',
  'locale',
  'time_zone',
  'tags',
  'address',
  'status',
  'subscribed_at',
] as const;

interface Props {
  source: Import;
  onAnother: () => void;
}

export function ImportForm({ source, onAnother }: Props) {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const channels = useChannels();
  const format = useFormat();
  const { data: bots } = useQuery(queries.bots());
  const { data: attributes } = useQuery(queries.attributes());
  const { data: tags } = useQuery(queries.tags());
  const [mapping, setMapping] = useState(source.mapping);
  const [bot, setBot] = useState<string | null>(null);
  const [own, setOwn] = useState<string[]>([]);
  const [consent, setConsent] = useState(false);
  const [tried, setTried] = useState(false);

  const run = useMutation({
    mutationFn: ({ real, body }: { real: boolean; body: ImportOptions }) =>
      real ? api.imports.run(source.id, body) : api.imports.check(source.id, body),
    onSuccess: (next) => client.setQueryData(keys.import(source.id), next),
  });
  const fields = [
    ...FIELDS.map((value) => ({ value: value as string, label: t(`importField.${value}`) })),
    ...(attributes?.items ?? []).map((attribute) => ({ value: `attribute.${attribute.key}`, label: attribute.name })),
  ];
  const hasAddress = Object.values(mapping).includes('address');
  const problems = {
    bot: hasAddress && bot === null ? t('import.needBot') : null,
    consent: consent ? null : t('import.needConsent'),
    nothing: Object.values(mapping).every((field) => field === 'ignore') ? t('import.needColumn') : null,
  };
  const blocked = Object.values(problems).some((problem) => problem !== null);
  const wrong = fieldErrors(run.error);
  const start = (real: boolean) => {
    setTried(true);
    if (!blocked) run.mutate({ real, body: { mapping, bot: hasAddress ? bot : null, tags: own, consent } });
  };

  return (
    <Panel
      title={t('import.columns')}
      beside={
        <Text size="sm" c="dimmed">
          {t('import.file', { name: source.name, count: source.totalRows, number: format.number(source.totalRows) })}
        </Text>
      }
    >
      <Stack gap="md">
        <Table.ScrollContainer
          minWidth={520}
          scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t('import.columns') } }}
        >
          <Table fz="sm" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('import.column')}</Table.Th>
                <Table.Th>{t('import.sample')}</Table.Th>
                <Table.Th w={230}>{t('import.means')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {source.columns.map((column, index) => (
                <Table.Tr key={`${column} ${index}`}>
                  <Table.Td fw={500}>{column}</Table.Td>
                  <Table.Td className={classes.sample}>
                    {source.sample
                      .slice(0, 3)
                      .map((row) => row[index])
                      .filter(Boolean)
                      .join(' · ')}
                  </Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      aria-label={t('import.meansOf', { column })}
                      data={fields}
                      value={mapping[column] ?? 'ignore'}
                      searchable
                      allowDeselect={false}
                      error={wrong[`mapping.${column}`]}
                      onChange={(field) => field && setMapping({ ...mapping, [column]: field })}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {tried && problems.nothing && <ErrorLine>{problems.nothing}</ErrorLine>}
        {hasAddress && (
          <Select
            label={t('import.bot')}
            description={t('import.botWhy')}
            placeholder={t('import.chooseBot')}
            data={(bots?.items ?? []).map((one) => ({
              value: one.id,
              label: `${one.name} (${channels.title(one.channel)})`,
            }))}
            value={bot}
            onChange={setBot}
            error={wrong.bot ?? (tried ? problems.bot : null)}
            maw={420}
          />
        )}
        <TagsInput
          label={t('import.tags')}
          description={t('import.tagsWhy')}
          data={(tags?.items ?? []).map((tag) => tag.name)}
          value={own}
          onChange={setOwn}
          maw={420}
          maxTags={20}
        />
        <Checkbox
          label={t('import.consent')}
          description={t('import.consentWhy')}
          checked={consent}
          onChange={(event) => setConsent(event.currentTarget.checked)}
          error={wrong.consent ?? (tried ? problems.consent : null)}
        />
        {run.error && <ErrorLine>{errorText(run.error)}</ErrorLine>}
        <Group gap="xs">
          <Button
            variant={source.state === 'checked' ? 'default' : 'filled'}
            loading={source.state === 'checking' || (run.isPending && !run.variables.real)}
            onClick={() => start(false)}
          >
            {t('import.check')}
          </Button>
          {source.state === 'checked' && (
            <Button loading={run.isPending && run.variables.real} onClick={() => start(true)}>
              {t('import.run', {
                count: source.totalRows - source.bad,
                number: format.number(source.totalRows - source.bad),
              })}
            </Button>
          )}
          <Button variant="subtle" onClick={onAnother}>
            {t('import.another')}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
