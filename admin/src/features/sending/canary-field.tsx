// A careful start: the first few people, how long their answers are waited for, and what keeps the rest from following.
import { Group, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { newCanary, problemAt } from './rules.ts';
import type { Canary, SettingProblems } from './rules.ts';
import { useSendingWords } from './use-words.ts';

const LIMITS = ['failed', 'blocked', 'unsubscribed'] as const;
const MOST = { people: 100_000, minutes: 1440, failed: 100, blocked: 100, unsubscribed: 100 } as const;
const LEAST = { people: 1, minutes: 0, failed: 0, blocked: 0, unsubscribed: 0 } as const;

interface Props {
  canary: Canary | null;
  onChange: (canary: Canary | null) => void;
  /** Who would get it now. */
  people: number | undefined;
  problems: SettingProblems;
}

export function CanaryField({ canary, onChange, people, problems }: Props) {
  const { t } = useTranslation('sending');
  const words = useSendingWords();
  return (
    <Stack gap="sm">
      <Switch
        label={t('canary.title')}
        description={t('canary.why')}
        checked={canary !== null}
        onChange={({ currentTarget: { checked } }) => onChange(checked ? newCanary(people) : null)}
      />
      {canary && (
        <Stack gap="sm" ps={{ base: 0, xs: 52 }}>
          <Group gap="sm" align="flex-end">
            <NumberField name="people" canary={canary} onChange={onChange} problems={problems} />
            <NumberField name="minutes" canary={canary} onChange={onChange} problems={problems} />
          </Group>
          <Group gap="sm" align="flex-end" component="fieldset" bd={0} p={0} m={0}>
            <Text component="legend" size="sm" fw={500} p={0} mb={4}>
              {t('canary.limits')}
            </Text>
            {LIMITS.map((name) => (
              <NumberField key={name} name={name} canary={canary} onChange={onChange} problems={problems} />
            ))}
          </Group>
          <Text size="sm" aria-live="polite">
            {words.canary(canary)}
          </Text>
        </Stack>
      )}
    </Stack>
  );
}

interface NumberProps {
  name: keyof typeof MOST;
  canary: Canary;
  onChange: (canary: Canary) => void;
  problems: SettingProblems;
}

function NumberField({ name, canary, onChange, problems }: NumberProps) {
  const { t } = useTranslation('sending');
  const percent = name !== 'people' && name !== 'minutes';
  return (
    <NumberInput
      flex="1 1 120px"
      maw={percent ? 130 : 170}
      label={t(`canary.${name}`)}
      min={LEAST[name]}
      max={MOST[name]}
      allowDecimal={percent}
      decimalScale={1}
      clampBehavior="strict"
      {...(percent ? { suffix: ' %' } : {})}
      value={canary[name]}
      error={problemAt(problems, `canary.${name}`)}
      onChange={(value) => typeof value === 'number' && value >= LEAST[name] && onChange({ ...canary, [name]: value })}
    />
  );
}
