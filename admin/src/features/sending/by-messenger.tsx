// Messenger by messenger: how many people, and what happens to those who have been silent for too long to be written to
// freely there.
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MailingCheck } from '../../../../src/http/api/mailings.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import classes from './by-messenger.module.css';

type Window = MailingCheck['windows'][number];

export function ByMessenger({ check }: { check: Pick<MailingCheck, 'byChannel' | 'windows'> }) {
  const { t } = useTranslation('sending');
  const format = useFormat();
  const channels = useChannels();
  const words = useWindowWords();
  const outside = check.windows.filter((one) => one.outside > 0);
  const names = [
    ...new Set([
      ...Object.entries(check.byChannel).flatMap(([name, people]) => (people > 0 ? [name] : [])),
      ...outside.map(({ channel }) => channel),
    ]),
  ];
  if (names.length < 2 && outside.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={t('messengers')}>
      {names.map((name) => {
        const channel = channels.get(name);
        return (
          <li key={name} className={classes.one}>
            <Group gap={8} wrap="nowrap">
              {channel && <ChannelMark channel={channel} size={20} />}
              <Text size="sm" flex={1}>
                {channels.title(name)}
              </Text>
              <Text size="sm" fw={500} className="figures">
                {format.number(check.byChannel[name] ?? 0)}
              </Text>
            </Group>
            {outside
              .filter((one) => one.channel === name)
              .flatMap((one) => words(one))
              .map((sentence) => (
                <Text key={sentence} size="xs" c="dimmed" ps={28}>
                  {sentence}
                </Text>
              ))}
          </li>
        );
      })}
    </ul>
  );
}

/** What happens to the people outside of one bot's window, a sentence for each fate. */
function useWindowWords(): (window: Window) => string[] {
  const { t } = useTranslation('sending');
  const format = useFormat();
  return ({ rule, outside, moved, skipped, hours }) => {
    const say = (fate: 'template' | 'charged' | 'moved' | 'skipped', people: number): string[] =>
      people > 0 ? [t(`window.${fate}`, { count: people, number: format.number(people), hours })] : [];
    if (rule !== 'closed') return say(rule, outside);
    return [...say('moved', moved), ...say('skipped', skipped)];
  };
}
