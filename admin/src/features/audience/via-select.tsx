// Over which of a person's connections the mailing goes: the main one, or chosen bots in an order.
import { ActionIcon, Group, MultiSelect, Paper, Radio, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useChannels } from '../../ui/use-channels.ts';
import { moved } from '../composer/elements.ts';
import type { Via } from '../shapes.ts';

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
  const chosen = via.mode === 'bots' ? via.bots : [];
  const each = via.mode === 'bots' && via.each;
  const nameOf = (id: string) => bots.find((bot) => bot.id === id)?.name ?? id;
  const choose = (ids: string[]) =>
    onChange(ids.length === 0 ? { mode: 'main', fallback: true } : { mode: 'bots', bots: ids, each });
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t('via.title')}
        value={mode}
        onChange={(value) => {
          setMode(value === 'bots' ? 'bots' : 'main');
          if (value === 'main') onChange({ mode: 'main', fallback: true });
        }}
      >
        <Stack gap={8} mt={8}>
          <Radio value="main" label={t('via.main')} description={t('via.mainWhy')} />
          <Radio value="bots" label={t('via.bots')} />
        </Stack>
      </Radio.Group>
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
                <Radio value="once" label={t('via.once')} />
                <Radio value="each" label={t('via.each')} />
              </Stack>
            </Radio.Group>
          )}
          {chosen.length > 1 && !each && (
            <Paper withBorder p="xs" component="ol" m={0} aria-label={t('via.order')} style={{ listStyle: 'none' }}>
              {chosen.map((id, index) => (
                <Group key={id} component="li" justify="space-between" wrap="nowrap" gap="xs">
                  <Text size="sm">
                    {index + 1}. {nameOf(id)}
                  </Text>
                  <Group gap={0} wrap="nowrap">
                    <ActionIcon
                      aria-label={t('via.up', { name: nameOf(id) })}
                      disabled={index === 0}
                      onClick={() => choose(moved(chosen, index, index - 1))}
                    >
                      <IconArrowUp size={16} aria-hidden />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t('via.down', { name: nameOf(id) })}
                      disabled={index === chosen.length - 1}
                      onClick={() => choose(moved(chosen, index, index + 1))}
                    >
                      <IconArrowDown size={16} aria-hidden />
                    </ActionIcon>
                  </Group>
                </Group>
              ))}
            </Paper>
          )}
        </Stack>
      )}
    </Stack>
  );
}
