// To whom it went: the conditions as a sentence, how many matched when sending started, and how many match now.
import { SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import { keys, queries } from '../../api/queries.ts';
import { sentence } from '../../features/audience/sentence.ts';
import { filterToGroup } from '../../features/audience/tree.ts';
import { useRuleWords } from '../../features/audience/use-rule-words.ts';
import { DASH } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { useFormat } from '../../ui/use-format.ts';

export default function AudienceTab({ mailing }: { mailing: Mailing }) {
  const { t, i18n } = useTranslation(['admin', 'wizard']);
  const format = useFormat();
  const { data: fields } = useQuery(queries.fields());
  const rule = useRuleWords(fields?.items ?? []);
  const { via, excluded } = mailing.settings;
  const query = { filter: mailing.audience, via, excluded };
  const now = useQuery({
    queryKey: [...keys.audience, 'count', query],
    queryFn: ({ signal }) => api.audience.count(query, signal),
  });
  const words = sentence(filterToGroup(mailing.audience), {
    language: i18n.language,
    rule,
    not: (text) => t('wizard:filter.not', { text, defaultValue: text }),
  });
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" maw={560}>
        <Panel>
          <Text size="sm" c="dimmed">
            {t('audience.then')}
          </Text>
          <Text fz={22} fw={600}>
            {mailing.startedAt === null ? DASH : format.number(mailing.figures.planned)}
          </Text>
        </Panel>
        <Panel>
          <Text size="sm" c="dimmed">
            {t('audience.now')}
          </Text>
          <Text fz={22} fw={600} aria-live="polite">
            {now.data ? format.number(now.data.total) : DASH}
          </Text>
        </Panel>
      </SimpleGrid>
      <Panel title={t('audience.conditions')}>
        <Text size="sm">{words || t('audience.everyone')}</Text>
        {excluded.length > 0 && (
          <Text size="sm" c="dimmed" mt="xs">
            {t('audience.excluded', { count: excluded.length })}
          </Text>
        )}
      </Panel>
    </Stack>
  );
}
