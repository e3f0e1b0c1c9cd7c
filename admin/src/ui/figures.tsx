// Numbers in tables and tiles. What no channel reports is a dash that says so, never a 0.
import { Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DASH, zoneCity } from './format.ts';
import { browserZone, useFormat } from './use-format.ts';

/** A number, or the dash with the reason why there is none. */
export function FigureCell({ value, hint }: { value: number | null; hint?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (value !== null) return <span className="figures">{format.number(value)}</span>;
  const label = hint ?? t('figure.notReported');
  return (
    <Tooltip label={label}>
      <Text span c="dimmed" pos="relative">
        <span aria-hidden>{DASH}</span>
        <VisuallyHidden>{label}</VisuallyHidden>
      </Text>
    </Tooltip>
  );
}

export function Money({ amount, currency }: { amount: number; currency: string }) {
  return <span className="figures">{useFormat().money(amount, currency)}</span>;
}

/** Sums by currency; nothing when nothing was earned. */
export function Revenue({ revenue }: { revenue: Readonly<Record<string, number>> }) {
  return <span className="figures">{useFormat().revenue(revenue)}</span>;
}

interface TimeProps {
  at: number | null;
  zone?: string;
  /** Names the clock: "18:00 Berlin (20:00 for you)". */
  withZone?: boolean;
}

/** A moment on the workspace's clock; the whole of it, and the reader's own clock, in the tooltip. */
export function Time({ at, zone, withZone = false }: TimeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (at === null)
    return (
      <Text span c="dimmed">
        {DASH}
      </Text>
    );
  const clock = zone ?? format.zone;
  const own = browserZone();
  const differs = format.time(at, clock) !== format.time(at, own);
  const city = zoneCity(clock);
  const long = `${format.fullTime(at, clock)} ${city}`;
  const forYou = differs ? t('time.forYou', { time: format.time(at, own) }) : '';
  return (
    <Tooltip label={forYou ? `${long} ${forYou}` : long}>
      <time
        dateTime={new Date(at).toISOString()}
        className="figures"
        {...(withZone ? {} : { style: { whiteSpace: 'nowrap' } })}
      >
        {format.moment(at, clock)}
        {withZone ? ` ${city}${forYou ? ` ${forYou}` : ''}` : ''}
      </time>
    </Tooltip>
  );
}
