// The headline figures in three rows, what became of everybody, what people did, what they bought, with the share each is
// of what. The first row adds up.
import { Paper, Stack, Text, Tooltip } from '@mantine/core';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statistics } from '../../../../src/http/api/statistics.ts';
import { DASH } from '../../ui/format.ts';
import { useFormat } from '../../ui/use-format.ts';
import { evenColumns, sentWhereReported } from './rates.ts';
import classes from './tiles.module.css';

interface Tile {
  key: string;
  value: number | null;
  /** What the share is of; none: the tile has no share. */
  base?: { of: 'planned' | 'sent' | 'reported' | 'orders'; value: number };
  /** In place of a share. */
  note?: string;
}

const MOST_COLUMNS = { narrow: 2, middling: 3, wide: 7 };

export function Tiles({ statistics }: { statistics: Statistics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { figures } = statistics;
  const ofPlanned = { of: 'planned', value: figures.planned } as const;
  const ofSent = { of: 'sent', value: figures.sent } as const;
  const ofReported = (what: 'delivered' | 'opened') => {
    const value = sentWhereReported(statistics, what);
    return { of: value === figures.sent ? ('sent' as const) : ('reported' as const), value };
  };
  const became: Tile[] = [
    {
      key: 'planned',
      value: figures.planned,
      note: t('tile.remaining', { count: figures.remaining, number: format.number(figures.remaining) }),
    },
    { key: 'sent', value: figures.sent, base: ofPlanned },
    { key: 'failed', value: figures.failed, base: ofPlanned },
    { key: 'skipped', value: figures.skipped, base: ofPlanned },
    ...(figures.unconfirmed > 0 ? [{ key: 'unconfirmed', value: figures.unconfirmed, base: ofPlanned }] : []),
    ...(figures.cancelled > 0 ? [{ key: 'cancelled', value: figures.cancelled, base: ofPlanned }] : []),
  ];
  const did: Tile[] = [
    { key: 'delivered', value: figures.delivered, base: ofReported('delivered') },
    { key: 'opened', value: figures.opened, base: ofReported('opened') },
    { key: 'linkPeople', value: figures.linkPeople, base: ofSent },
    { key: 'buttonPeople', value: figures.buttonPeople, base: ofSent },
    { key: 'replies', value: figures.replies, base: ofSent },
    { key: 'unsubscribes', value: figures.unsubscribes, base: ofSent },
  ];
  const bought: Tile[] = [
    { key: 'buyPeople', value: figures.buyPeople, base: ofSent },
    { key: 'orders', value: figures.orders, base: ofSent },
    {
      key: 'sales',
      value: figures.sales,
      ...(figures.sales > 0
        ? { note: format.revenue(figures.revenue) }
        : { base: { of: 'orders' as const, value: figures.orders } }),
    },
  ];
  return (
    <Stack gap="sm">
      {[became, did, bought].map((row) => (
        <dl key={row[0]?.key} className={classes.row} style={columnsOf(row.length)}>
          {row.map((tile) => (
            <FigureTile key={tile.key} tile={tile} />
          ))}
        </dl>
      ))}
    </Stack>
  );
}

const columnsOf = (tiles: number): CSSProperties =>
  Object.fromEntries(
    Object.entries(MOST_COLUMNS).map(([width, most]) => [`--${width}`, evenColumns(tiles, most)]),
  ) as CSSProperties;

function FigureTile({ tile: { key: name, value, base, note } }: { tile: Tile }) {
  const { t } = useTranslation();
  const format = useFormat();
  const share =
    base && value !== null && base.value > 0
      ? t(`tile.of.${base.of}`, { share: format.share(value, base.value), base: format.number(base.value) })
      : null;
  return (
    <Paper withBorder radius="lg" px="md" py="sm" bg="var(--herald-surface)" className={classes.tile ?? ''}>
      <Tooltip label={t(`figure.${name}Hint`)}>
        <Text component="dt" size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t(`figure.${name}`)}
        </Text>
      </Tooltip>
      <Text component="dd" m={0} fz={22} fw={600} lh={1.3}>
        {value === null ? DASH : format.number(value)}
      </Text>
      <Text component="dd" m={0} size="xs" c="dimmed" mih={18}>
        {value === null ? t('tile.notReported') : (note ?? share ?? ' ')}
      </Text>
    </Paper>
  );
}
