// The filter panel: nested groups of conditions that read as sentences. It keeps what is unfinished to itself and gives
// out the filter of what is finished.
import { Alert, Button, Group as Line, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryBuilder } from 'react-querybuilder';
import type { RuleGroupType, RuleType } from 'react-querybuilder';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { toastUndo } from '../../ui/toast.tsx';
import type { Field, Filter } from '../shapes.ts';
import {
  AddGroup,
  AddRule,
  CombinatorSelector,
  FieldSelector,
  NotToggle,
  OperatorSelector,
  Remove,
} from './controls.tsx';
import type { FilterContext } from './filter-context.ts';
import classes from './filter.module.css';
import { sentence } from './sentence.ts';
import type { Group } from './tree.ts';
import { emptyValue, filterToGroup, groupToFilter, isActiveRule, matchesEveryone } from './tree.ts';
import { useRuleWords } from './use-rule-words.ts';
import { ValueEditor } from './value-editor.tsx';

const GROUPS = ['profile', 'connection', 'tags', 'campaigns'] as const;

interface Props {
  /** Where the panel starts; later changes come out through `onChange`. */
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export function FilterPanel(props: Props) {
  const { data, error, refetch } = useQuery(queries.fields());
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton h={120} radius="lg" />;
  return <Panel {...props} fields={data.items} />;
}

function Panel({ filter, onChange, fields }: Props & { fields: readonly Field[] }) {
  const { t, i18n } = useTranslation('wizard');
  const [group, setGroup] = useState<Group>(() => filterToGroup(filter));
  const [asking, setAsking] = useState(false);
  const words = useRuleWords(fields);

  /** The builder also reports marks of its own: what is only looked at must not become a change. */
  const set = (next: Group) => {
    const filter = groupToFilter(next);
    const changed = JSON.stringify(filter) !== JSON.stringify(groupToFilter(group));
    setGroup(next);
    if (changed) onChange(filter);
  };
  const first = group.rules[0];
  const locked = first !== undefined && !('rules' in first) && isActiveRule(first);
  const byName = useMemo(() => new Map(fields.map((field) => [field.name, field])), [fields]);
  const context: FilterContext = {
    fields,
    fieldOf: (name) => byName.get(name),
    isLocked: (path) => locked && path.length === 1 && path[0] === 0,
  };
  const options = GROUPS.map((name) => ({
    label: t(`filter.group.${name}`),
    options: fields
      .filter((field) => field.group === name)
      .map((field) => ({ name: field.name, value: field.name, label: field.label })),
  })).filter((one) => one.options.length > 0);
  const offered = byName.has('tag') ? 'tag' : (fields[0]?.name ?? '');

  const onRemove = (_node: unknown, path: readonly number[]): boolean => {
    if (context.isLocked(path)) {
      setAsking(true);
      return false;
    }
    const before = group;
    toastUndo(t('filter.removed'), () => set(before));
    return true;
  };
  const inWords = sentence(group, {
    language: i18n.language,
    rule: words,
    not: (text) => t('filter.notWords', { text }),
  });

  return (
    <Stack gap="xs" className={classes.panel}>
      <QueryBuilder
        fields={options}
        query={group}
        onQueryChange={(next: RuleGroupType) => set(next as Group)}
        combinators={[
          { name: 'all', value: 'all', label: t('filter.all') },
          { name: 'any', value: 'any', label: t('filter.any') },
        ]}
        getOperators={(name: string) =>
          (byName.get(name)?.operators ?? []).map((operator) => ({
            name: operator,
            value: operator,
            label: t(`operator.${operator}`),
          }))
        }
        getDefaultField={() => offered}
        getDefaultValue={(rule: RuleType) => emptyValue(byName.get(rule.field), rule.operator)}
        resetOnFieldChange
        resetOnOperatorChange
        showNotToggle
        autoSelectValue={false}
        listsAsArrays
        onRemove={onRemove}
        context={context}
        accessibleDescriptionGenerator={({ path }) => t(path.length === 0 ? 'filter.root' : 'filter.inner')}
        controlElements={{
          fieldSelector: FieldSelector,
          operatorSelector: OperatorSelector,
          combinatorSelector: CombinatorSelector,
          valueEditor: ValueEditor,
          notToggle: NotToggle,
          addRuleAction: AddRule,
          addGroupAction: AddGroup,
          removeRuleAction: Remove,
          removeGroupAction: Remove,
        }}
      />
      {matchesEveryone(group) && (
        <Alert color="yellow" aria-live="polite">
          <Line justify="space-between" gap="xs">
            <Text size="sm">{t('filter.everyone')}</Text>
            <Button size="compact-sm" variant="default" onClick={() => set({ ...group, combinator: 'all' })}>
              {t('filter.useAll')}
            </Button>
          </Line>
        </Alert>
      )}
      {inWords !== '' && (
        <Text size="xs" c="dimmed">
          {t('filter.inWords', { text: inWords })}
        </Text>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('filter.keepTitle')}
        cancel={t('filter.keep')}
        confirm={t('filter.removeRule')}
        danger
        onConfirm={() => set({ ...group, rules: group.rules.slice(1) })}
      >
        {t('filter.keepWhy')}
      </ConfirmDialog>
    </Stack>
  );
}
