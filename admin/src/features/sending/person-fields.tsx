// At a time of each person's own clock: the time, the span over which that is, and what becomes of those whose hour has
// passed or whose zone is not known.
import { Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ScheduleCheck } from '../../../../src/http/api/engine.ts';
import { DayTimeInput } from '../../ui/day-input.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { When } from '../shapes.ts';
import { problemAt } from './rules.ts';
import type { SettingProblems } from './rules.ts';
import { zoneCity } from '../../ui/format.ts';

type Person = Extract<When, { mode: 'person' }>;
const PASSED = ['now', 'next_day', 'skip'] as const satisfies readonly Person['passed'][];
const ZONELESS = ['workspace', 'skip'] as const satisfies readonly Person['zoneless'][];

interface Props {
  when: Person;
  onChange: (when: When) => void;
  person: ScheduleCheck['person'];
  workspaceZone: string;
  problems: SettingProblems;
}

export function PersonFields({ when, onChange, person, workspaceZone, problems }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const city = zoneCity(workspaceZone);
  return (
    <Stack gap="sm">
      <DayTimeInput
        w={240}
        maw="100%"
        label={t('when.dateTime')}
        description={t('when.ownClock')}
        value={when.local.replace('T', ' ')}
        onChange={(value) => value && onChange({ ...when, local: value.slice(0, 16).replace(' ', 'T') })}
        error={problemAt(problems, 'when.local')}
      />
      {person && person.zones > 0 && (
        <Text size="sm" aria-live="polite">
          {t('when.span', {
            count: person.zones,
            number: format.number(person.zones),
            first: format.time(person.firstAt, workspaceZone),
            last: format.time(person.lastAt, workspaceZone),
            city,
          })}
        </Text>
      )}
      <Select
        maw={420}
        label={t('when.passed.title')}
        data={PASSED.map((value) => ({ value, label: t(`when.passed.${value}`) }))}
        value={when.passed}
        onChange={(value) => onChange({ ...when, passed: PASSED.find((one) => one === value) ?? when.passed })}
        allowDeselect={false}
        error={problemAt(problems, 'when.passed')}
        description={
          person &&
          t(person.passed === 0 ? 'when.nonePassed' : `when.passedCount.${when.passed}`, {
            count: person.passed,
            number: format.number(person.passed),
          })
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
      <Select
        maw={420}
        label={t('when.zoneless.title')}
        data={ZONELESS.map((value) => ({ value, label: t(`when.zoneless.${value}`, { city }) }))}
        value={when.zoneless}
        onChange={(value) => onChange({ ...when, zoneless: ZONELESS.find((one) => one === value) ?? when.zoneless })}
        allowDeselect={false}
        error={problemAt(problems, 'when.zoneless')}
        description={
          person &&
          t(person.zoneless === 0 ? 'when.noneZoneless' : `when.zonelessCount.${when.zoneless}`, {
            count: person.zoneless,
            number: format.number(person.zoneless),
            city,
          })
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    </Stack>
  );
}
