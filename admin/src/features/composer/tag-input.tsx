// One tag: an existing one, or a new one typed in.
import { Autocomplete } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';

interface Props {
  label: string;
  value: string;
  onChange: (tag: string) => void;
}

export function TagInput({ label, value, onChange }: Props) {
  const { data } = useQuery(queries.tags());
  return (
    <Autocomplete
      label={label}
      data={(data?.items ?? []).map((tag) => tag.name)}
      value={value}
      onChange={onChange}
      maxLength={120}
      limit={30}
    />
  );
}
