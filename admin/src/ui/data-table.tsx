// A table on a wide screen, cards on a narrow one, from the same columns. Pages come by cursor: next and back, no numbers.
import 'mantine-datatable/styles.layer.css';
import { Box, Button, Group, Skeleton, Stack, Text, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { DataTable as MantineDataTable } from 'mantine-datatable';
import type { DataTableColumn } from 'mantine-datatable';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from './states.tsx';
import classes from './table.module.css';

export interface Column<T> {
  key: string;
  title: string;
  /** What the figure means, in the header's tooltip. */
  hint?: string;
  render: (row: T) => ReactNode;
  /** Right-aligned. */
  figure?: boolean;
  /** The heading is for those who cannot see what the column holds. */
  quiet?: boolean;
  width?: number | string;
  /** Its place on a card: the heading, a fact below it, beside the heading, or (left out) nowhere. */
  card?: 'title' | 'fact' | 'corner' | 'line';
}

export interface Pager {
  /** "1–50", when known. */
  label?: string;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

interface Props<T> {
  /** Names the table for those who cannot see it. */
  label: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
  updatedAt?: number;
  empty: ReactNode;
  onRowClick?: (row: T) => void;
  pager?: Pager;
  selected?: T[];
  onSelect?: (rows: T[]) => void;
  /** Names a row's checkbox. */
  rowLabel?: (row: T) => string;
  /** Many columns: less air, headings in several lines. */
  dense?: boolean;
  /** Pins the last column (actions) too. */
  pinLast?: boolean;
  pinFirst?: boolean;
}

const SKELETON_ROWS = [1, 2, 3, 4, 5, 6];

export function DataTable<T>(props: Props<T>) {
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const { rows, error, onRetry, updatedAt, empty, loading } = props;
  const problem = error ? (
    <ErrorState error={error} {...(onRetry ? { onRetry } : {})} {...(rows && updatedAt ? { updatedAt } : {})} />
  ) : null;
  return (
    <Stack gap="sm">
      {problem}
      {!rows && !error && <TableSkeleton />}
      {rows?.length === 0 && !loading && empty}
      {rows && rows.length > 0 && (narrow ? <Cards {...props} rows={rows} /> : <Wide {...props} rows={rows} />)}
      {props.pager && rows && rows.length > 0 && <PagerBar pager={props.pager} />}
    </Stack>
  );
}

function TableSkeleton() {
  return (
    <Stack gap={8} aria-hidden>
      {SKELETON_ROWS.map((row) => (
        <Skeleton key={row} h={44} />
      ))}
    </Stack>
  );
}

function header<T>(column: Column<T>): ReactNode {
  if (column.quiet) return <VisuallyHidden>{column.title}</VisuallyHidden>;
  if (!column.hint) return column.title;
  return (
    <Tooltip label={column.hint}>
      <UnstyledButton className={classes.hint} fz="inherit" fw="inherit" c="inherit">
        {column.title}
      </UnstyledButton>
    </Tooltip>
  );
}

function Wide<T>({
  label,
  columns,
  rows,
  rowKey,
  onRowClick,
  selected,
  onSelect,
  rowLabel,
  pinLast,
  pinFirst,
  dense,
  loading,
}: Props<T> & { rows: T[] }) {
  const { t } = useTranslation();
  const shown: DataTableColumn<T>[] = columns.map((column) => ({
    accessor: column.key,
    title: header(column),
    render: column.render,
    ...(column.figure ? { textAlign: 'right' as const } : {}),
    ...(column.width === undefined ? {} : { width: column.width }),
  }));
  const selection = onSelect
    ? {
        selectedRecords: selected ?? [],
        onSelectedRecordsChange: onSelect,
        allRecordsSelectionCheckboxProps: { 'aria-label': t('table.selectAll') },
        getRecordSelectionCheckboxProps: (row: T) => ({
          'aria-label': t('table.select', { name: rowLabel?.(row) ?? rowKey(row) }),
        }),
      }
    : {};
  return (
    <MantineDataTable<T>
      aria-label={label}
      className={`${classes.table} ${dense ? classes.dense : ''}`}
      withTableBorder
      borderRadius="lg"
      backgroundColor="var(--herald-surface)"
      verticalSpacing="xs"
      horizontalSpacing={dense ? 7 : 'md'}
      highlightOnHover
      minHeight={0}
      idAccessor={(row) => rowKey(row)}
      columns={shown}
      records={rows}
      fetching={loading ?? false}
      pinFirstColumn={pinFirst ?? false}
      pinLastColumn={pinLast ?? false}
      scrollAreaProps={{
        type: 'auto',
        offsetScrollbars: 'present',
        viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label },
      }}
      {...(onRowClick ? { onRowClick: ({ record }) => onRowClick(record), rowClassName: classes.rowLink ?? '' } : {})}
      {...selection}
    />
  );
}

function Cards<T>({ label, columns, rows, rowKey }: Props<T> & { rows: T[] }) {
  const at = (place: Column<T>['card']) => columns.filter((column) => column.card === place);
  return (
    <Stack gap="xs" component="ul" p={0} m={0} aria-label={label} style={{ listStyle: 'none' }}>
      {rows.map((row) => (
        <Box component="li" key={rowKey(row)} className={classes.card ?? ''}>
          <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
            <Box fw={600} miw={0} style={{ overflowWrap: 'anywhere' }}>
              {at('title').map((column) => (
                <div key={column.key}>{column.render(row)}</div>
              ))}
            </Box>
            <Group gap={4} wrap="nowrap">
              {at('corner').map((column) => (
                <div key={column.key}>{column.render(row)}</div>
              ))}
            </Group>
          </Group>
          {at('line').map((column) => (
            <Text key={column.key} component="div" size="sm" c="dimmed" mt={4}>
              {column.render(row)}
            </Text>
          ))}
          <Facts facts={at('fact').map((column) => ({ title: column.title, value: column.render(row) }))} />
        </Box>
      ))}
    </Stack>
  );
}

/** What a row has nothing to say about is left out. */
function Facts({ facts }: { facts: { title: string; value: ReactNode }[] }) {
  const known = facts.filter(({ value }) => value !== null);
  if (known.length === 0) return null;
  return (
    <dl className={classes.facts} style={{ marginTop: 8 }}>
      {known.map(({ title, value }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function PagerBar({ pager }: { pager: Pager }) {
  const { t } = useTranslation();
  const { label, onPrevious, onNext } = pager;
  if (!onPrevious && !onNext) return null;
  return (
    <Group justify="flex-end" gap="xs" component="nav" aria-label={t('table.pages')}>
      {label && (
        <Text size="sm" c="dimmed" className="figures">
          {label}
        </Text>
      )}
      <Button
        variant="default"
        size="xs"
        disabled={!onPrevious}
        onClick={() => onPrevious?.()}
        leftSection={<IconChevronLeft size={14} aria-hidden />}
      >
        {t('table.previous')}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={!onNext}
        onClick={() => onNext?.()}
        rightSection={<IconChevronRight size={14} aria-hidden />}
      >
        {t('table.next')}
      </Button>
    </Group>
  );
}
