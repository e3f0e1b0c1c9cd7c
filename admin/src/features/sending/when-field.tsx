// When it goes out: at once, or at a wall-clock time in a zone, read back in words with both clocks.
import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DayTimeInput } from '../../ui/day-input.tsx';
import { browserZone, useFormat } from '../../ui/use-format.ts';
import type { When } from '../shapes.ts';
import { cityOf, resolve, tomorrowAtTen, zones } from './zones.ts';

interface Props {
  when: When;
  onChange: (when: When) => void;
  workspaceZone: string;
}

export function WhenField({ when, onChange, workspaceZone }: Props) {
  const { t } = useTranslation('wizard');
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={500} mb={6}>
          {t('when.title')}
        </Text>
        <SegmentedControl
          aria-label={t('when.title')}
          value={when.mode}
          onChange={(mode) =>
            onChange(
              mode === 'at'
                ? { mode: 'at', local: tomorrowAtTen(workspaceZone, Date.now()), zone: workspaceZone, overlap: 'first' }
                : { mode: 'now' },
            )
          }
          data={[
            { value: 'now', label: t('when.now') },
            { value: 'at', label: t('when.at') },
          ]}
        />
      </div>
      {when.mode === 'at' && <AtFields when={when} onChange={onChange} />}
    </Stack>
  );
}

function AtFields({ when, onChange }: { when: Extract<When, { mode: 'at' }>; onChange: (when: When) => void }) {
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
  return (
    <>
      <Group align="flex-start" gap="sm">
        <DayTimeInput
          w={240}
          label={t('when.dateTime')}
          value={when.local.replace('T', ' ')}
          onChange={(value) => value && onChange({ ...when, local: value.slice(0, 16).replace(' ', 'T') })}
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
        />
      </Group>
      <Echo local={when.local} zone={when.zone} />
    </>
  );
}

/** What the chosen time means, in words. */
function Echo({ local, zone }: { local: string; zone: string }) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const [now] = useState(() => Date.now());
  const found = resolve(local, zone, now);
  if (!found) return null;
  const city = cityOf(zone);
  const wall = (text: string) =>
    new Intl.DateTimeFormat(format.language, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(
      Date.parse(`${text.slice(0, 16)}Z`),
    );
  const day = new Intl.DateTimeFormat(format.language, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    Date.parse(`${local.slice(0, 16)}Z`),
  );
  const yours = browserZone() === zone ? '' : t('when.yours', { time: format.time(found.at, browserZone()) });
  return (
    <Stack gap={4} aria-live="polite">
      {found.past ? (
        <Text size="sm" c="red">
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
      {found.kind === 'overlap' && <Text size="sm">{t('when.overlap', { time: wall(local), day, city })}</Text>}
    </Stack>
  );
}
