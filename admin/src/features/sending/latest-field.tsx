// How late a mailing may still start by itself: a server that was down over night should not send good mornings at noon.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../shapes.ts';
import { useSendingWords } from './use-words.ts';

const OFFERED = [15, 30, 60, 180, 720, 1440] as const;
const ANY = 'any';

interface Props {
  latest: Settings['latest'];
  onChange: (latest: Settings['latest']) => void;
  error: string | undefined;
}

export function LatestField({ latest, onChange, error }: Props) {
  const { t } = useTranslation('sending');
  const words = useSendingWords();
  const offered = latest === null || OFFERED.some((minutes) => minutes === latest) ? OFFERED : [...OFFERED, latest];
  return (
    <Select
      label={t('latest.title')}
      description={t('latest.why')}
      maw={420}
      data={[
        ...offered
          .toSorted((a, b) => a - b)
          .map((minutes) => ({
            value: String(minutes),
            label: t('latest.within', { duration: words.minutes(minutes) }),
          })),
        { value: ANY, label: t('latest.any') },
      ]}
      value={latest === null ? ANY : String(latest)}
      onChange={(value) => value && onChange(value === ANY ? null : Number(value))}
      allowDeselect={false}
      error={error}
    />
  );
}
