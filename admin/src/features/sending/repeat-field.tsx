// Whether it repeats: the usual patterns, or a cron line explained; until when; and the next starts as the server counts
// them.
import { Chip, Group, NumberInput, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DayInput } from '../../ui/day-input.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { cronWords, weekdayName } from './cron-words.ts';
import { changedKind, DEFAULT_TIME, fromCron, isMissedSometimes, PATTERNS, toCron, WEEK } from './repeat.ts';
import type { Pattern, PatternKind, Repeat } from './repeat.ts';
import { problemAt } from './rules.ts';
import type { SettingProblems } from './rules.ts';
import { wallDay } from './zones.ts';
import { zoneCity } from '../../ui/format.ts';

const OFF = 'off';
const ENDS = ['never', 'until', 'times'] as const;
const FEW_TIMES = 10;
const MONTH_DAYS = Array.from({ length: 31 }, (_, index) => String(index + 1));
const SHORTEST_CRON = 9;

interface Props {
  repeat: Repeat | null;
  onChange: (repeat: Repeat | null) => void;
  /** It cannot be repeated: it follows each person's clock. */
  once: boolean;
  /** What a new repeat begins with. */
  zone: string;
  /** "10:00" where a time is set for the first start. */
  time: string | null;
  /** The next ones, as the server counts them. */
  starts: readonly number[] | undefined;
  problems: SettingProblems;
}

export function RepeatField({ repeat, onChange, once, zone, time, starts, problems }: Props) {
  const { t } = useTranslation('sending');
  /** A cron line somebody writes may pass through the usual patterns: the field stays what was chosen. */
  const [kind, setKind] = useState<PatternKind>(() => (repeat ? fromCron(repeat.cron).kind : 'daily'));
  const [now] = useState(() => Date.now());
  const choose = (value: string | null) => {
    const next = PATTERNS.find((one) => one === value);
    if (!next) return onChange(null);
    setKind(next);
    const before = repeat ?? {
      cron: toCron({ kind: 'daily', time: time ?? DEFAULT_TIME }),
      zone,
      until: null,
      times: null,
    };
    onChange({ ...before, cron: toCron(changedKind(before.cron, next, wallDay(zone, now))) });
  };
  return (
    <Stack gap="sm">
      <Select
        label={t('repeat.title')}
        maw={420}
        data={[
          { value: OFF, label: t('repeat.off') },
          ...PATTERNS.map((value) => ({ value, label: t(`repeat.${value}`) })),
        ]}
        value={repeat ? kind : OFF}
        onChange={choose}
        allowDeselect={false}
        disabled={once && repeat === null}
        description={once ? t('repeat.once') : undefined}
        error={problems.repeat ?? problems['repeat.zone']}
      />
      {repeat && (
        <>
          <PatternFields
            pattern={kind === 'custom' ? { kind, cron: repeat.cron } : fromCron(repeat.cron)}
            onChange={(pattern) => onChange({ ...repeat, cron: toCron(pattern) })}
            error={problems['repeat.cron']}
          />
          <EndFields repeat={repeat} onChange={onChange} problems={problems} />
          <NextStarts repeat={repeat} starts={starts} />
        </>
      )}
    </Stack>
  );
}

interface PatternProps {
  pattern: Pattern;
  onChange: (pattern: Pattern) => void;
  error: string | undefined;
}

function PatternFields({ pattern, onChange, error }: PatternProps) {
  const { t } = useTranslation('sending');
  const { language } = useFormat();
  if (pattern.kind === 'custom') return <CustomField cron={pattern.cron} onChange={onChange} error={error} />;
  return (
    <Stack gap="xs">
      {pattern.kind === 'weekly' && (
        <Chip.Group
          multiple
          value={pattern.days.map(String)}
          onChange={(days) => days.length > 0 && onChange({ ...pattern, days: days.map(Number) })}
        >
          <Group gap={6} component="fieldset" bd={0} p={0} m={0} aria-label={t('repeat.weekDays')}>
            {WEEK.map((day) => (
              <Chip key={day} value={String(day)} size="sm">
                {weekdayName(day, language)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      <Group gap="sm" align="flex-start">
        {pattern.kind === 'monthly' && (
          <Select
            w={130}
            label={t('repeat.monthDay')}
            data={MONTH_DAYS}
            value={String(pattern.days[0] ?? 1)}
            onChange={(day) => day && onChange({ ...pattern, days: [Number(day)] })}
            allowDeselect={false}
          />
        )}
        <TextInput
          type="time"
          w={130}
          label={t('repeat.time')}
          value={pattern.time}
          error={error}
          onChange={({ currentTarget: { value } }) => value && onChange({ ...pattern, time: value.slice(0, 5) })}
        />
      </Group>
      {isMissedSometimes(pattern) && (
        <Text size="sm" c="dimmed">
          {t('repeat.shortMonths')}
        </Text>
      )}
    </Stack>
  );
}

function CustomField({ cron, onChange, error }: { cron: string } & Omit<PatternProps, 'pattern'>) {
  const { t } = useTranslation('sending');
  const { language } = useFormat();
  /** Kept here: what is too short to be a rule is not worth saving. */
  const [text, setText] = useState(cron);
  const words = cronWords(text, language);
  const any = t('cron.any');
  return (
    <TextInput
      label={t('cron.title')}
      description={
        words
          ? t('cron.words', {
              minutes: words.minutes,
              hours: words.hours,
              days: words.days ?? any,
              months: words.months ?? any,
              weekdays: words.weekdays ?? any,
            })
          : t('cron.how')
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      maw={420}
      ff="monospace"
      spellCheck={false}
      autoComplete="off"
      value={text}
      error={words ? error : t('cron.shape')}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        if (value.trim().length >= SHORTEST_CRON) onChange({ kind: 'custom', cron: value.trim() });
      }}
    />
  );
}

interface EndProps {
  repeat: Repeat;
  onChange: (repeat: Repeat) => void;
  problems: SettingProblems;
}

function EndFields({ repeat, onChange, problems }: EndProps) {
  const { t } = useTranslation('sending');
  const [now] = useState(() => Date.now());
  const end = repeat.times !== null ? 'times' : repeat.until !== null ? 'until' : 'never';
  const choose = (value: string) => {
    const inAMonth = wallDay(repeat.zone, now, { months: 1 }).date;
    onChange({
      ...repeat,
      until: value === 'until' ? (repeat.until ?? inAMonth) : null,
      times: value === 'times' ? (repeat.times ?? FEW_TIMES) : null,
    });
  };
  return (
    <Stack gap="xs">
      <Radio.Group label={t('repeat.end')} value={end} onChange={choose}>
        <Group gap="md" mt={6}>
          {ENDS.map((value) => (
            <Radio key={value} value={value} label={t(`repeat.${value}`)} />
          ))}
        </Group>
      </Radio.Group>
      {end === 'until' && (
        <DayInput
          w={200}
          aria-label={t('repeat.lastDay')}
          value={repeat.until}
          onChange={(until) => until && onChange({ ...repeat, until: until.slice(0, 10) })}
          error={problemAt(problems, 'repeat.until')}
        />
      )}
      {end === 'times' && (
        <NumberInput
          w={200}
          aria-label={t('repeat.howOften')}
          min={2}
          max={1000}
          allowDecimal={false}
          clampBehavior="blur"
          value={repeat.times ?? FEW_TIMES}
          onChange={(times) =>
            typeof times === 'number' && times >= 2 && times <= 1000 && onChange({ ...repeat, times })
          }
          error={problemAt(problems, 'repeat.times')}
        />
      )}
    </Stack>
  );
}

function NextStarts({ repeat, starts }: { repeat: Repeat; starts: readonly number[] | undefined }) {
  const { t } = useTranslation('sending');
  const { language } = useFormat();
  if (!starts || starts.length === 0) return null;
  const time = new Intl.DateTimeFormat(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: repeat.zone,
  });
  return (
    <div>
      <Text size="sm" fw={500}>
        {t('repeat.next', { city: zoneCity(repeat.zone) })}
      </Text>
      <Text component="ol" size="sm" className="figures" m={0} ps={20} aria-live="polite">
        {starts.map((at) => (
          <li key={at}>{time.format(at)}</li>
        ))}
      </Text>
    </div>
  );
}
