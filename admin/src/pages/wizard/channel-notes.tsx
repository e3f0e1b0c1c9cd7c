// What each messenger changes about the message, and what it would refuse, in the server's words.
import { Alert, List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { PreviewItem } from '../../features/preview/use-preview.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import classes from './wizard.module.css';

/** Found and shown at their fields already. */
const SHOWN_AT_FIELDS = new Set([
  'message_empty',
  'url_invalid',
  'label_missing',
  'label_too_long',
  'button_without_action',
  'image_missing',
  'text_too_long',
]);

interface Props {
  items: readonly PreviewItem[];
  channels: readonly ChannelInfo[];
  showErrors: boolean;
}

const once = (items: readonly { message: string }[]): string[] => [...new Set(items.map(({ message }) => message))];

export function ChannelNotes({ items, channels, showErrors }: Props) {
  const { t } = useTranslation('wizard');
  const notes = items.flatMap((item) => {
    const channel = channels.find(({ name }) => name === item.channel);
    const errors = showErrors ? once(item.errors.filter(({ code }) => !SHOWN_AT_FIELDS.has(code))) : [];
    return channel ? [{ channel, losses: once(item.losses), errors }] : [];
  });
  const adapted = notes.filter(({ losses }) => losses.length > 0);
  return (
    <>
      {notes
        .filter(({ errors }) => errors.length > 0)
        .map(({ channel, errors }) => (
          <Alert key={channel.name} color="red" aria-live="polite" title={channel.title} py="xs">
            <Sentences list={errors} />
          </Alert>
        ))}
      {adapted.length > 0 && (
        <section className={classes.notes} aria-label={t('notes.title')} aria-live="polite">
          <Text size="sm" fw={600} mb={8}>
            {t('notes.title')}
          </Text>
          {adapted.map(({ channel, losses }) => (
            <div key={channel.name} className={classes.note}>
              <ChannelMark channel={channel} size={22} />
              <div>
                <Text size="sm" fw={500}>
                  {channel.title}
                </Text>
                <Sentences list={losses} />
              </div>
            </div>
          ))}
        </section>
      )}
    </>
  );
}

function Sentences({ list }: { list: readonly string[] }) {
  return (
    <List size="sm">
      {list.map((words) => (
        <List.Item key={words}>
          <Text span size="sm">
            {words}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
