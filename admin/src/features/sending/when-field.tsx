// When it goes out: at once, at a wall-clock time in a zone, or at a time of each person's own clock; read back in words.
import { Button, Group, Radio, Select, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScheduleCheck } from '../../../../src/http/api/engine.ts';
import { DayTimeInput } from '../../ui/day-input.tsx';
import { browserZone, useFormat } from '../../ui/use-format.ts';
import type { When } from '../shapes.ts';
import { PersonFields } from './person-fields.tsx';
import { problemAt } from './rules.ts';
import type { SettingProblems } from './rules.ts';
import { resolve, tomorrowAtTen, zones } from './zones.ts';
import { zoneCity } from '../../ui/format.ts';

const MODES = ['now', 'at', 'person'] as const satisfies readonly When['mode'][];

interface Props {
  when: When;
  /** Then a set time only says from when on. */
  repeats: boolean;
  onChange: (when: When) => void;
  workspaceZone: string;
  /** What the server makes of it; not there while it is asked. */
  schedule: ScheduleCheck | undefined;
  problems: SettingProblems;
}

export function WhenField({ when, repeats, onChange, workspaceZone, schedule, problems }: Props) {
  const { t } = useTranslation('wizard');
  const choose = (mode: When['mode']) => {
    const local = when.mode === 'now' ? tomorrowAtTen(workspaceZone, Date.now()) : when.local;
    if (mode === 'now') onChange({ mode });
    else if (mode === 'at') onChange({ mode, local, zone: workspaceZone, overlap: 'first' });
    else onChange({ mode, local, overlap: 'first', passed: 'now', zoneless: 'workspace' });
  };
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t('when.title')}
        value={when.mode}
        onChange={(value) => {
          const mode = MODES.find((one) => one === value);
          if (mode && mode !== when.mode) choose(mode);
        }}
      >
        <Stack gap={8} mt={8}>
          {MODES.map((mode) => (
            <Radio
              key={mode}
              value={mode}
              label={t(`when.${mode}`)}
              {...(mode === 'person' ? { description: t('when.personWhy') } : {})}
            />
          ))}
        </Stack>
      </Radio.Group>
      {when.mode === 'at' && <AtFields when={when} repeats={repeats} onChange={onChange} problems={problems} />}
      {repeats && schedule?.starts[0] !== undefined && (
        <FirstStart at={schedule.starts[0]} zone={when.mode === 'at' ? when.zone : workspaceZone} />
      )}
      {when.mode === 'person' && (
        <PersonFields
          when={when}
          onChange={onChange}
          person={schedule?.person ?? null}
          workspaceZone={workspaceZone}
          problems={problems}
        />
      )}
    </Stack>
  );
}

type At = Extract<When, { mode: 'at' }>;
interface AtProps {
  when: At;
  repeats: boolean;
  onChange: (when: When) => void;
  problems: SettingProblems;
}

function AtFields({ when, repeats, onChange, problems }: AtProps) {
  const { t } = useTranslation('wizard');
  const [now] = useState(() => Date.now());
  const data = useMemo(
    () =>
      zones(now).map((zone) => ({
        value: zone.name,
        label: `${zone.name.replaceAll('_', ' ')} (${zone.offset})`,
      })),
    [now],
  );
  const known = data.some((zone) => zone.value === when.zone)
    ? data
    : [{ value: when.zone, label: when.zone }, ...data];
  // A past time is told by the line below, with the way out.
  const past = !repeats && (resolve(when.local, when.zone, now, when.overlap)?.past ?? false);
  return (
    <>
      <Group align="flex-start" gap="sm">
        <DayTimeInput
          w={240}
          label={t(repeats ? 'when.fromThen' : 'when.dateTime')}
          value={when.local.replace('T', ' ')}
          onChange={(value) => value && onChange({ ...when, local: value.slice(0, 16).replace(' ', 'T') })}
          error={past ? true : problemAt(problems, 'when.local')}
        />
        <Select
          w={280}
          label={t('when.zone')}
          data={known}
          value={when.zone}
          onChange={(zone) => zone && onChange({ ...when, zone })}
          searchable
          limit={60}
          allowDeselect={false}
          nothingFoundMessage={t('when.noZone')}
          error={problemAt(problems, 'when.zone')}
        />
      </Group>
      {!repeats && <Echo when={when} onChange={onChange} />}
    </>
  );
}

/** Of a repeated mailing: when it goes out the first time. */
function FirstStart({ at, zone }: { at: number; zone: string }) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  return (
    <Text size="sm" aria-live="polite">
      {t('when.firstStart', { time: format.fullTime(at, zone), city: zoneCity(zone), relative: format.relative(at) })}
    </Text>
  );
}

/** What the chosen time means, in words. */
function Echo({ when, onChange }: { when: At; onChange: (when: When) => void }) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const [now] = useState(() => Date.now());
  const { local, zone, overlap } = when;
  const found = resolve(local, zone, now, overlap);
  if (!found) return null;
  const city = zoneCity(zone);
  const wall = (text: string) =>
    new Intl.DateTimeFormat(format.language, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(
      Date.parse(`${text.slice(0, 16)}Z`),
    );
  const day = new Intl.DateTimeFormat(format.language, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    Date.parse(`${local.slice(0, 16)}Z`),
  );
  const yours = browserZone() === zone ? '' : t('when.yours', { time: format.time(found.at, browserZone()) });
  const other = overlap === 'first' ? 'second' : 'first';
  return (
    <Stack gap={4} aria-live="polite">
      {found.past ? (
        <Text size="sm" c="var(--mantine-color-error)">
          {t('when.past', { city })}
        </Text>
      ) : (
        <Text size="sm">
          {t('when.echo', {
            time: format.fullTime(found.at, zone),
            city,
            yours,
            relative: format.relative(found.at, now),
          })}
        </Text>
      )}
      {found.kind === 'gap' && (
        <Text size="sm">{t('when.gap', { time: wall(local), day, city, moved: wall(found.local) })}</Text>
      )}
      {found.kind === 'overlap' && (
        <Group gap="xs">
          <Text size="sm">{t(`when.overlap.${overlap}`, { time: wall(local), day, city })}</Text>
          <Button size="compact-sm" variant="default" onClick={() => onChange({ ...when, overlap: other })}>
            {t(`when.use.${other}`)}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
