// What single messengers ask of a mailing: their own rules in words, and what its author may choose there, each with what it
// means or costs beside it.
import { Checkbox, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';

type Chosen = Readonly<Record<string, readonly string[]>>;

interface Props {
  /** Over which somebody would get it. */
  channels: readonly ChannelInfo[];
  chosen: Chosen;
  onChange: (chosen: Record<string, string[]>) => void;
}

export function ChannelRules({ channels, chosen, onChange }: Props) {
  const { t } = useTranslation('sending');
  const ruled = channels.filter(({ policy, choices }) => policy !== '' || choices.length > 0);
  if (ruled.length === 0) return null;
  const set = (channel: string, keys: string[]) => {
    const next: Record<string, string[]> = {};
    for (const [name, kept] of Object.entries(chosen)) if (name !== channel) next[name] = [...kept];
    if (keys.length > 0) next[channel] = keys;
    onChange(next);
  };
  return (
    <Stack gap="md" component="section" aria-label={t('choices.title')}>
      <Text fw={500} size="sm">
        {t('choices.title')}
      </Text>
      {ruled.map((channel) => {
        const keys = chosen[channel.name] ?? [];
        return (
          <Group key={channel.name} gap="sm" wrap="nowrap" align="flex-start">
            <ChannelMark channel={channel} size={24} />
            <Stack gap={6} flex={1} miw={0}>
              <Text size="sm" fw={500}>
                {channel.title}
              </Text>
              {channel.policy !== '' && (
                <Text size="sm" c="dimmed">
                  {channel.policy}
                </Text>
              )}
              {channel.choices.map(({ key, label, help }) => (
                <Checkbox
                  key={key}
                  label={label}
                  {...(help === '' ? {} : { description: help })}
                  checked={keys.includes(key)}
                  onChange={(event) =>
                    set(channel.name, event.currentTarget.checked ? [...keys, key] : keys.filter((one) => one !== key))
                  }
                />
              ))}
            </Stack>
          </Group>
        );
      })}
    </Stack>
  );
}
