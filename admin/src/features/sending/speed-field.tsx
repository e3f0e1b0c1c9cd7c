// How fast the mailing goes out: a slider with a number beside it, and how long that takes.
import { Button, Group, NumberInput, Slider, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../ui/use-format.ts';
import { durationWords, secondsFor } from './duration.ts';

const GENTLE = 5;
/** From here on a small site may suffer. */
const RUSH = 20;

interface Props {
  /** Null: as fast as the bots may. */
  speed: number | null;
  onChange: (speed: number) => void;
  /** What the channels involved are offered at most. */
  fastest: number;
  people: number | undefined;
  /** How long it takes as the server counts it, with messages of several parts; none while it is asked. */
  seconds: number | undefined;
  /** A site people are led to, when the message has links. */
  site: string | null;
}

export function SpeedField({ speed, onChange, fastest, people, seconds, site }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const value = Math.min(speed ?? fastest, fastest);
  const set = (next: number | string) => {
    if (typeof next === 'number' && Number.isFinite(next)) onChange(Math.max(1, Math.min(fastest, Math.round(next))));
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-end" wrap="nowrap" gap="lg">
        <div style={{ flex: 1 }}>
          <Text size="sm" fw={500} mb={10}>
            {t('speed.title')}
          </Text>
          <Slider
            min={1}
            max={fastest}
            value={value}
            onChange={set}
            label={null}
            thumbLabel={t('speed.title')}
            thumbProps={{ 'aria-valuetext': t('speed.perSecond', { count: value }) }}
          />
        </div>
        <NumberInput
          w={110}
          label={t('speed.number')}
          min={1}
          max={fastest}
          allowDecimal={false}
          clampBehavior="strict"
          value={value}
          onChange={set}
        />
      </Group>
      <Text size="sm">
        {t(value === fastest ? 'speed.maximum' : 'speed.perSecond', { count: value })}
        {people !== undefined &&
          people > 0 &&
          ` · ${t('speed.takes', { duration: durationWords(seconds ?? secondsFor(people, value), format.language) })}`}
      </Text>
      {site && value >= Math.min(fastest, RUSH) && value > GENTLE ? (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {t('speed.site', { site, count: value })}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => onChange(GENTLE)}>
            {t('speed.gentle', { count: GENTLE })}
          </Button>
        </Group>
      ) : (
        <Text size="xs" c="dimmed">
          {t('speed.why')}
        </Text>
      )}
    </Stack>
  );
}
