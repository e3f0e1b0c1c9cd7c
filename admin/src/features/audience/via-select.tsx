// Over which of a person's connections the mailing goes, and what is tried when the first cannot be written to: the main
// one and then their others, or chosen bots in an order.
import { MultiSelect, Radio, Skeleton, Stack, Switch } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useChannels } from '../../ui/use-channels.ts';
import type { Via } from '../shapes.ts';

/** With what drags; needed only where there is an order. */
const BotOrder = lazy(() => import('./bot-order.tsx'));

interface Props {
  via: Via;
  onChange: (via: Via) => void;
  bots: readonly Bot[];
}

export function ViaSelect({ via, onChange, bots }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const channels = useChannels();
  /** "Chosen bots" may be ticked before one is chosen; the mailing itself stays on the main connection until then. */
  const [mode, setMode] = useState(via.mode);
  const [fallback, setFallback] = useState(via.mode === 'main' ? via.fallback : true);
  const chosen = via.mode === 'bots' ? via.bots : [];
  const each = via.mode === 'bots' && via.each;
  const nameOf = (id: string) => bots.find((bot) => bot.id === id)?.name ?? id;
  const choose = (ids: string[]) =>
    onChange(ids.length === 0 ? { mode: 'main', fallback } : { mode: 'bots', bots: ids, each });
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t('via.title')}
        value={mode}
        onChange={(value) => {
          setMode(value === 'bots' ? 'bots' : 'main');
          if (value === 'main') onChange({ mode: 'main', fallback });
        }}
      >
        <Stack gap={8} mt={8}>
          <Radio value="main" label={t('via.main')} description={t('via.mainWhy')} />
          <Radio value="bots" label={t('via.bots')} />
        </Stack>
      </Radio.Group>
      {mode === 'main' && bots.length > 1 && (
        <Switch
          label={t('via.fallback')}
          description={t('via.fallbackWhy')}
          checked={fallback}
          onChange={({ currentTarget: { checked } }) => {
            setFallback(checked);
            onChange({ mode: 'main', fallback: checked });
          }}
        />
      )}
      {mode === 'bots' && (
        <Stack gap="sm" ps={28}>
          <MultiSelect
            label={t('via.choose')}
            placeholder={chosen.length === 0 ? t('via.placeholder') : ''}
            data={bots.map((bot) => ({
              value: bot.id,
              label: `${bot.name} (${channels.title(bot.channel)}, ${format.number(bot.active)})`,
            }))}
            value={[...chosen]}
            onChange={choose}
            searchable
            error={chosen.length === 0 ? t('via.none') : undefined}
          />
          {chosen.length > 1 && (
            <Radio.Group
              label={t('via.several')}
              value={each ? 'each' : 'once'}
              onChange={(value) => onChange({ mode: 'bots', bots: [...chosen], each: value === 'each' })}
            >
              <Stack gap={8} mt={8}>
                <Radio value="once" label={t('via.once')} description={t('via.orderWhy')} />
                <Radio value="each" label={t('via.each')} />
              </Stack>
            </Radio.Group>
          )}
          {chosen.length > 1 && !each && (
            <Suspense fallback={<Skeleton h={34 * chosen.length + 10} />}>
              <BotOrder bots={chosen.map((id) => ({ id, name: nameOf(id) }))} onChange={choose} />
            </Suspense>
          )}
        </Stack>
      )}
    </Stack>
  );
}
