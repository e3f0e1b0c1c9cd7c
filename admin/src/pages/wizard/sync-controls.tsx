// "Same message everywhere": parting it copies it to each messenger; joining asks whose version wins.
import { Button, Group, Menu, Modal, Radio, Stack, Switch, Text } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { channelsWithMessage, copiedMessage, joined, parted } from '../../features/composer/elements.ts';
import type { Content } from '../../features/shapes.ts';

interface Props {
  content: Content;
  channels: readonly ChannelInfo[];
  /** The messenger whose version is open. */
  shown: string;
  onReplace: (content: Content) => void;
}

export function SyncControls({ content, channels, shown, onReplace }: Props) {
  const { t } = useTranslation('wizard');
  const [winner, setWinner] = useState<string | null>(null);
  const names = channels.map((channel) => channel.name);
  const written = channelsWithMessage(content, names);
  const titles = (list: readonly string[]) =>
    list.map((name) => channels.find((channel) => channel.name === name)?.title ?? name);
  const silent = content.synchronised ? [] : names.filter((name) => !written.includes(name));
  const others = channels.filter((channel) => channel.name !== shown);

  const toggle = (on: boolean) => {
    if (!on) return onReplace(parted(content, names));
    const different = new Set(written.map((name) => JSON.stringify(content.variants[name]))).size > 1;
    if (different) setWinner(written.includes(shown) ? shown : (written[0] ?? shown));
    else onReplace(joined(content, written[0] ?? shown));
  };
  const copyTo = (targets: readonly string[]) =>
    onReplace({
      ...content,
      variants: {
        ...content.variants,
        ...Object.fromEntries(targets.map((name) => [name, copiedMessage(content.variants[shown])])),
      },
    });

  if (channels.length < 2) return null;
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm">
        <Switch
          label={t('sync.label')}
          description={t(content.synchronised ? 'sync.on' : 'sync.off')}
          checked={content.synchronised}
          onChange={(event) => toggle(event.currentTarget.checked)}
        />
        {!content.synchronised && written.includes(shown) && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} aria-hidden />}>
                {t('sync.copy')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {others.length > 1 && (
                <Menu.Item onClick={() => copyTo(others.map((channel) => channel.name))}>{t('sync.copyAll')}</Menu.Item>
              )}
              {others.map((channel) => (
                <Menu.Item key={channel.name} onClick={() => copyTo([channel.name])}>
                  {channel.title}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {silent.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('sync.silent', { channels: titles(silent).join(', '), count: silent.length })}
        </Text>
      )}
      <Modal
        opened={winner !== null}
        onClose={() => setWinner(null)}
        title={t('sync.whichTitle')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <Radio.Group value={winner} onChange={setWinner} label={t('sync.which')}>
            <Stack gap="xs" mt="xs">
              {written.map((name) => (
                <Radio key={name} value={name} label={titles([name])[0]} />
              ))}
            </Stack>
          </Radio.Group>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setWinner(null)} data-autofocus>
              {t('action.cancel')}
            </Button>
            <Button
              onClick={() => {
                if (winner) onReplace(joined(content, winner));
                setWinner(null);
              }}
            >
              {t('sync.use')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
