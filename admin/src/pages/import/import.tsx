// Import of people from a CSV file: choose, say what each column is, try without writing, run. A bad row never costs a
// good one, and each is named.
import '../../app/mantine-forms.css';
import { Anchor, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Import } from '../../../../src/http/api/subscribers.ts';
import { queries } from '../../api/queries.ts';
import { ImportForm } from '../../features/import/import-form.tsx';
import { ImportReport } from '../../features/import/import-report.tsx';
import { Upload } from '../../features/import/upload.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState } from '../../ui/states.tsx';

const LOOK_AGAIN_MS = 1000;
/** Before the real run the form stays, with what was chosen in it. */
const PREPARED = new Set<Import['state']>(['uploaded', 'checking', 'checked']);
const BUSY = new Set<Import['state']>(['checking', 'running']);

export default function ImportPage() {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const { import: id } = useSearch({ strict: false }) as { import?: string };
  const { data, error, refetch } = useQuery({
    ...queries.import(id ?? ''),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data && BUSY.has(query.state.data.state) ? LOOK_AGAIN_MS : false),
  });
  const open = (next: string | undefined) =>
    void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, import: next }) });
  return (
    <div style={{ maxWidth: 960 }}>
      <Anchor component={Link} to="/subscribers" size="sm">
        {t('card.back')}
      </Anchor>
      <PageHeader title={t('import.title')} text={t('import.text')} />
      <Stack gap="md">
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!id && <Upload onUploaded={(uploaded) => open(uploaded.id)} />}
        {data && PREPARED.has(data.state) && (
          <ImportForm key={data.id} source={data} onAnother={() => open(undefined)} />
        )}
        {data && data.state !== 'uploaded' && <ImportReport source={data} onAnother={() => open(undefined)} />}
      </Stack>
    </div>
  );
}
