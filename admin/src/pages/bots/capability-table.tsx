// What each messenger can do, straight from the server's capabilities: the same data the composer and the engine obey.
import { Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import { DASH } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import type { Format } from '../../ui/use-format.ts';
import classes from './bots.module.css';

type Capabilities = ChannelInfo['capabilities'];

function Yes({ when, t }: { when: boolean; t: TFunction }): ReactNode {
  if (!when)
    return (
      <Text span c="dimmed" fz="inherit">
        {t('capability.no')}
      </Text>
    );
  return (
    <>
      <IconCheck size={16} aria-hidden color="light-dark(var(--mantine-color-green-9), var(--mantine-color-green-4))" />
      <VisuallyHidden>{t('capability.yes')}</VisuallyHidden>
    </>
  );
}

function facts(t: TFunction, format: Format, can: Capabilities): Record<string, ReactNode> {
  const list = (items: readonly string[], prefix: string) =>
    items.length === 0
      ? DASH
      : new Intl.ListFormat(format.language, { type: 'conjunction' }).format(
          items.map((item) => t(`${prefix}.${item}`)),
        );
  return {
    elements: list(can.elements, 'element'),
    text:
      can.textLimit === null
        ? t('capability.unlimited')
        : t('capability.characters', { count: can.textLimit, number: format.number(can.textLimit) }),
    formatting: list(can.formatting, 'formatting'),
    buttons: can.buttons.max === 0 ? DASH : list(can.buttons.kinds, 'button'),
    delivered: <Yes when={can.receipts.delivered} t={t} />,
    opened: <Yes when={can.receipts.opened} t={t} />,
    rate:
      can.rate.bot === null
        ? t('capability.unlimited')
        : t('capability.perSecond', { number: format.number(can.rate.bot) }),
    window:
      can.window === null
        ? t('capability.noWindow')
        : t(`capability.after.${can.window.outside}`, {
            window: t('capability.window', { count: can.window.hours }),
          }),
  };
}

const COLUMNS = ['elements', 'text', 'formatting', 'buttons', 'delivered', 'opened', 'rate', 'window'] as const;

export function CapabilityTable() {
  const { t } = useTranslation();
  const format = useFormat();
  const channels = useChannels();
  if (channels.list.length === 0) return null;
  return (
    <Panel title={t('capability.title')}>
      <Table.ScrollContainer minWidth={920} type="native" tabIndex={0}>
        <Table
          className={classes.capabilities ?? ''}
          verticalSpacing="xs"
          horizontalSpacing={8}
          aria-label={t('capability.title')}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('capability.messenger')}</Table.Th>
              {COLUMNS.map((column) => (
                <Table.Th key={column} scope="col">
                  {t(`capability.${column}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {channels.list.map((channel) => {
              const known = facts(t, format, channel.capabilities);
              return (
                <Table.Tr key={channel.name}>
                  <Table.Th scope="row">
                    <Group gap={8} wrap="nowrap">
                      <ChannelMark channel={channel} size={22} />
                      {channel.title}
                    </Group>
                  </Table.Th>
                  {COLUMNS.map((column) => (
                    <Table.Td key={column}>{known[column]}</Table.Td>
                  ))}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
