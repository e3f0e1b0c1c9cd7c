// A time zone, found by city or offset.
import { Select } from '@mantine/core';
import type { SelectProps } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { zones } from '../features/sending/zones.ts';

const zonesNow = () => zones(Date.now());

export function ZoneSelect(props: Omit<SelectProps, 'data' | 'searchable'>) {
  const { t } = useTranslation();
  const data = useMemo(
    () =>
      zonesNow().map((zone) => ({
        value: zone.name,
        label: zone.name === zone.offset ? zone.name : `${zone.name.replaceAll('_', ' ')} (${zone.offset})`,
      })),
    [],
  );
  return (
    <Select
      {...props}
      data={data}
      searchable
      limit={60}
      nothingFoundMessage={t('zone.none')}
      allowDeselect={false}
      maxDropdownHeight={260}
    />
  );
}
