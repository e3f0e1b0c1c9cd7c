// One condition in words: "City is one of Kyiv or Lviv".
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RuleType } from 'react-querybuilder';
import { queries } from '../../api/queries.ts';
import type { Field } from '../shapes.ts';
import { arity } from './tree.ts';

const OFFERED_MAILINGS = 100;

export function useRuleWords(fields: readonly Field[]): (rule: RuleType) => string {
  const { t, i18n } = useTranslation('wizard');
  const asksMailings = fields.some((field) => field.type === 'campaign');
  const { data: mailings } = useQuery({
    ...queries.mailings({ tab: 'all', limit: OFFERED_MAILINGS }),
    enabled: asksMailings,
  });
  return (rule) => {
    const field = fields.find((one) => one.name === rule.field);
    const label = (value: unknown): string => {
      if (typeof value === 'boolean') return t(value ? 'filter.yes' : 'filter.no');
      if (field?.type === 'campaign')
        return value === 'any'
          ? t('filter.anyMailing')
          : (mailings?.items.find((one) => one.id === value)?.name ?? String(value));
      return field?.values?.find((one) => one.value === value)?.label ?? String(value);
    };
    const value = rule.value as unknown;
    const kind = arity(rule.operator);
    const shown =
      kind === 'none'
        ? ''
        : kind === 'days'
          ? `${String(value)} ${t('filter.daysWord', { count: Number(value) })}`
          : Array.isArray(value)
            ? new Intl.ListFormat(i18n.language, { type: kind === 'two' ? 'conjunction' : 'disjunction' }).format(
                value.map(label),
              )
            : label(value);
    return t('filter.sentence', {
      field: field?.label ?? rule.field,
      operator: t(`operator.${rule.operator}`),
      value: shown,
    }).trim();
  };
}
