// The messengers one can connect, in groups, found by typing: a mark, a name, and whether an account is needed at all.
import { SimpleGrid, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import classes from './bots.module.css';

const GROUPS = ['chat', 'team', 'mail', 'site'] as const;
/** Fewer are seen at a glance. */
const SEARCHED_FROM = 7;

const groupOf = ({ badge }: ChannelInfo) => badge?.group ?? 'chat';

const matches = ({ title, name }: ChannelInfo, search: string): boolean => {
  const words = search.trim().toLocaleLowerCase();
  return title.toLocaleLowerCase().includes(words) || name.includes(words);
};

export function ChannelChooser({
  channels,
  onChoose,
}: {
  channels: readonly ChannelInfo[];
  onChoose: (name: string) => void;
}) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const found = channels.filter((channel) => matches(channel, search));
  const needsNothing = (channel: ChannelInfo) => !channel.credentials.some((field) => field.required);
  return (
    <Stack gap="md">
      {channels.length >= SEARCHED_FROM ? (
        <TextInput
          label={t('connect.choose')}
          placeholder={t('connect.search')}
          type="search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && found[0]) onChoose(found[0].name);
          }}
          data-autofocus
        />
      ) : (
        <Text c="dimmed" size="sm">
          {t('connect.choose')}
        </Text>
      )}
      {GROUPS.map((group) => {
        const members = found.filter((channel) => groupOf(channel) === group);
        if (members.length === 0) return null;
        return (
          <section key={group} aria-label={t(`connect.group.${group}`)}>
            <Title order={3} fz="sm" mb={8}>
              {t(`connect.group.${group}`)}
            </Title>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={8}>
              {members.map((channel) => (
                <UnstyledButton
                  key={channel.name}
                  className={classes.channel ?? ''}
                  onClick={() => onChoose(channel.name)}
                >
                  <ChannelMark channel={channel} size={32} />
                  <span>
                    <Text span fw={600} size="sm" display="block">
                      {channel.title}
                    </Text>
                    {needsNothing(channel) && (
                      <Text span size="xs" c="dimmed" display="block">
                        {t('connect.needsNothing')}
                      </Text>
                    )}
                  </span>
                </UnstyledButton>
              ))}
            </SimpleGrid>
          </section>
        );
      })}
      {found.length === 0 && (
        <Text size="sm" c="dimmed" aria-live="polite">
          {t('connect.noneFound', { search: search.trim() })}
        </Text>
      )}
    </Stack>
  );
}
