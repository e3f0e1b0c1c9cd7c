// Finds one person by name, for previews and tests.
import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';

const PAUSE_MS = 250;
const OFFERED = 20;

interface Props {
  label: string;
  placeholder: string;
  value: string | null;
  onChange: (id: string | null) => void;
  /** The chosen person's name, when known. */
  name?: string | undefined;
}

export function PersonSelect({ label, placeholder, value, onChange, name }: Props) {
  const { t } = useTranslation('wizard');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, PAUSE_MS);
  const { data, isFetching } = useQuery({
    queryKey: [...keys.subscribers, 'pick', asked],
    queryFn: ({ signal }) =>
      api.subscribers.search({ limit: OFFERED, ...(asked.trim() ? { search: asked.trim() } : {}) }, signal),
    placeholderData: keepPreviousData,
  });
  const options = (data?.items ?? []).map((person) => ({ value: person.id, label: person.name }));
  if (value && name && !options.some((option) => option.value === value)) options.unshift({ value, label: name });
  return (
    <Select
      size="sm"
      label={label}
      placeholder={placeholder}
      data={options}
      value={value}
      onChange={onChange}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('action.clear') }}
      onSearchChange={setSearch}
      filter={({ options: all }) => all}
      nothingFoundMessage={t('person.none')}
      rightSection={isFetching && search ? <Loader size={14} /> : undefined}
      maxDropdownHeight={260}
    />
  );
}
