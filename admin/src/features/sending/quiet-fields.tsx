// Between which hours nothing goes out, and by whose clock: the same fields for the workspace and for one mailing.
import { Group, Select, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorLine } from '../../ui/error-line.tsx';
import { useSession } from '../../ui/use-session.ts';
import type { QuietHours } from './rules.ts';
import { zoneCity } from '../../ui/format.ts';

const CLOCKS = ['person', 'workspace'] as const satisfies readonly QuietHours['clock'][];

interface Props {
  quiet: QuietHours;
  onChange: (quiet: QuietHours) => void;
  error?: string | undefined;
}

export function QuietFields({ quiet, onChange, error }: Props) {
  const { t } = useTranslation('sending');
  const { workspace } = useSession();
  const time = (field: 'from' | 'to') => (
    <TextInput
      type="time"
      w={130}
      label={t(`quiet.${field}`)}
      value={quiet[field]}
      error={error !== undefined}
      onChange={({ currentTarget: { value } }) => value && onChange({ ...quiet, [field]: value.slice(0, 5) })}
    />
  );
  return (
    <Stack gap={4}>
      <Group gap="sm" align="flex-end">
        {time('from')}
        {time('to')}
        <Select
          w={230}
          label={t('quiet.clock.title')}
          data={CLOCKS.map((value) => ({
            value,
            label: t(`quiet.clock.${value}`, { city: zoneCity(workspace.timeZone) }),
          }))}
          value={quiet.clock}
          onChange={(value) => onChange({ ...quiet, clock: CLOCKS.find((one) => one === value) ?? quiet.clock })}
          allowDeselect={false}
        />
      </Group>
      {error !== undefined && <ErrorLine size="xs">{error}</ErrorLine>}
    </Stack>
  );
}
