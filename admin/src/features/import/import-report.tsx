// How far it is, what became of the rows, and every bad one by name.
import { Alert, Anchor, Button, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Import } from '../../../../src/http/api/subscribers.ts';
import { api } from '../../api/api.ts';
import { keys } from '../../api/queries.ts';
import { Panel } from '../../ui/panel.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import classes from './import.module.css';

interface Props {
  source: Import;
  onAnother: () => void;
}

export function ImportReport({ source, onAnother }: Props) {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const format = useFormat();
  const busy = source.state === 'checking' || source.state === 'running';
  const tried = source.state === 'checking' || source.state === 'checked';
  const over = source.state === 'done' || source.state === 'stopped' || source.state === 'failed';
  const percent = source.totalRows > 0 ? Math.min(100, Math.round((source.readRows / source.totalRows) * 100)) : 0;
  const stop = useMutation({
    mutationFn: () => api.imports.stop(source.id),
    onSuccess: (next) => client.setQueryData(keys.import(source.id), next),
    onError: toastError,
  });
  const figures = [
    ['read', source.readRows],
    [tried ? 'wouldAdd' : 'added', source.added],
    [tried ? 'wouldUpdate' : 'updated', source.updated],
    ['bad', source.bad],
  ] as const;
  return (
    <Panel title={t(`importState.${source.state}`)}>
      <Stack gap="md">
        {busy && (
          <Group wrap="nowrap" gap="md">
            <Progress value={percent} flex={1} aria-label={t('import.progress')} animated />
            <Text size="sm" className="figures" aria-live="polite">
              {t('import.rowsOf', { read: format.number(source.readRows), total: format.number(source.totalRows) })}
            </Text>
            {source.state === 'running' && (
              <Button size="compact-md" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
                {t('import.stop')}
              </Button>
            )}
          </Group>
        )}
        {source.state === 'failed' && source.reason && (
          <Alert color="red" role="alert">
            {source.reason}
          </Alert>
        )}
        {source.state === 'checked' && (
          <Alert color={source.bad > 0 ? 'yellow' : 'green'} aria-live="polite" py="xs">
            {source.bad > 0
              ? t('import.checkedBad', { count: source.bad, number: format.number(source.bad) })
              : t('import.checkedGood')}
          </Alert>
        )}
        <dl className={classes.figures}>
          {figures.map(([name, value]) => (
            <div key={name}>
              <dt>{t(`import.${name}`)}</dt>
              <dd>{format.number(value)}</dd>
            </div>
          ))}
        </dl>
        {source.bad > 0 && !busy && <BadRows id={source.id} />}
        {over && (
          <Group gap="xs">
            <Button component={Link} to="/subscribers">
              {t('import.toPeople')}
            </Button>
            <Button variant="default" onClick={onAnother}>
              {t('import.another')}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function BadRows({ id }: { id: string }) {
  const { t } = useTranslation('people');
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...keys.import(id), 'errors'],
    queryFn: ({ pageParam }) => api.imports.errors(id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {t('import.badRows')}
        </Text>
        <Anchor href={api.imports.errorsCsv(id)} size="sm" underline="always" download>
          <Group gap={4} component="span">
            <IconDownload size={14} aria-hidden />
            {t('import.download')}
          </Group>
        </Anchor>
      </Group>
      <Table.ScrollContainer
        minWidth={480}
        maxHeight={360}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t('import.badRows') } }}
      >
        <Table fz="sm" stickyHeader aria-label={t('import.badRows')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={90}>{t('import.row')}</Table.Th>
              <Table.Th>{t('import.field')}</Table.Th>
              <Table.Th>{t('import.value')}</Table.Th>
              <Table.Th>{t('import.why')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, index) => (
              <Table.Tr key={`${row.row} ${index}`}>
                <Table.Td className="figures">{row.row}</Table.Td>
                <Table.Td>{row.field ?? '–'}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.value ?? '–'}</Table.Td>
                <Table.Td>{row.message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {hasNextPage && (
        <Button
          size="compact-sm"
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('timeline.more')}
        </Button>
      )}
    </Stack>
  );
}
