// What was sent, as each messenger showed it.
import { Box } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { queries } from '../../api/queries.ts';
import { LivePreview } from '../../features/preview/live-preview.tsx';
import { usePreview } from '../../features/preview/use-preview.ts';
import { EmptyState } from '../../ui/states.tsx';
import { useChannels } from '../../ui/use-channels.ts';

export default function MessageTab({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const channels = useChannels();
  const { data: bots } = useQuery(queries.bots());
  const [shown, setShown] = useState(mailing.channels[0] ?? '');
  const [subscriber, setSubscriber] = useState<string | null>(null);
  const involved = channels.list.filter((channel) => mailing.channels.includes(channel.name));
  const previewed = involved.length > 0 ? involved : channels.list;
  const preview = usePreview(
    mailing.content,
    previewed.map((channel) => channel.name),
    subscriber,
  );
  const senders = Object.fromEntries((bots?.items ?? []).map((bot) => [bot.channel, bot.name]));
  if (Object.values(mailing.content.variants).every((variant) => variant.elements.length === 0)) {
    return <EmptyState text={t('mailing.noMessage')} />;
  }
  return (
    <Box maw={520}>
      <LivePreview
        preview={preview}
        subscriber={subscriber}
        onSubscriber={setSubscriber}
        channels={previewed}
        shown={shown}
        onShow={setShown}
        senders={senders}
      />
    </Box>
  );
}
