// The previews beside the editor: one messenger at a time, light or dark, with a chosen person's data, and in words what
// the message loses there.
import { ActionIcon, Badge, Group, SegmentedControl, Select, Stack, Text, useComputedColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import { PersonSelect } from '../audience/person-select.tsx';
import type { Scheme } from './look.ts';
import { MessagePreview } from './message-preview.tsx';
import type { PreviewAnswer } from './use-preview.ts';

interface Props {
  preview: PreviewAnswer;
  /** Whose data is filled in. */
  subscriber: string | null;
  onSubscriber: (id: string | null) => void;
  channels: readonly ChannelInfo[];
  /** The messenger whose preview is shown. */
  shown: string;
  onShow: (channel: string) => void;
  /** Names of the bots by channel, shown as the sender. */
  senders?: Readonly<Record<string, string>>;
}

const NO_SENDERS: Readonly<Record<string, string>> = {};

export function LivePreview({
  preview,
  subscriber,
  onSubscriber,
  channels,
  shown,
  onShow,
  senders = NO_SENDERS,
}: Props) {
  const { t } = useTranslation('wizard');
  const page = useComputedColorScheme('light');
  const [chosen, setScheme] = useState<Scheme | null>(null);
  const scheme = chosen ?? page;
  const channel = channels.find((one) => one.name === shown) ?? channels[0];
  if (!channel) return null;
  const item = preview.item(channel.name);
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <ChannelChoice channels={channels} shown={channel.name} onShow={onShow} />
        <ActionIcon
          variant="default"
          aria-label={t(scheme === 'light' ? 'preview.dark' : 'preview.light')}
          onClick={() => setScheme(scheme === 'light' ? 'dark' : 'light')}
        >
          {scheme === 'light' ? <IconMoon size={18} aria-hidden /> : <IconSun size={18} aria-hidden />}
        </ActionIcon>
      </Group>
      <MessagePreview
        message={preview.message(channel.name)}
        subject={item?.subject}
        captioned={item?.captioned}
        channel={channel}
        sender={senders[channel.name]}
        scheme={scheme}
      />
      {item && item.parts !== null && (
        <Text size="xs" c="dimmed" aria-live="polite">
          {t('preview.parts', { count: item.parts })}
        </Text>
      )}
      <PersonSelect
        label={t('preview.person')}
        placeholder={t('preview.anybody')}
        value={subscriber}
        onChange={onSubscriber}
        name={preview.person?.name}
      />
      {item && item.fallbacks.length > 0 && (
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {t('preview.fallbacks')}
          </Text>
          {item.fallbacks.map((name) => (
            <Badge key={name} color="yellow" size="sm">
              {name}
            </Badge>
          ))}
        </Group>
      )}
    </Stack>
  );
}

/** More do not stand beside each other. */
const MOST_BESIDE = 3;

function ChannelChoice({ channels, shown, onShow }: Pick<Props, 'channels' | 'shown' | 'onShow'>) {
  const { t } = useTranslation('wizard');
  if (channels.length < 2) {
    return (
      <Text fw={600} size="sm">
        {t('preview.title')}
      </Text>
    );
  }
  const data = channels.map((one) => ({ value: one.name, label: one.title }));
  if (channels.length <= MOST_BESIDE) {
    return (
      <SegmentedControl size="xs" aria-label={t('preview.messenger')} value={shown} onChange={onShow} data={data} />
    );
  }
  const channel = channels.find(({ name }) => name === shown);
  return (
    <Select
      aria-label={t('preview.messenger')}
      flex={1}
      data={data}
      value={shown}
      onChange={(name) => name && onShow(name)}
      allowDeselect={false}
      leftSection={channel && <ChannelMark channel={channel} size={20} />}
      renderOption={({ option }) => {
        const one = channels.find(({ name }) => name === option.value);
        return (
          <Group gap={8} wrap="nowrap">
            {one && <ChannelMark channel={one} size={20} />}
            <span>{option.label}</span>
          </Group>
        );
      }}
    />
  );
}
