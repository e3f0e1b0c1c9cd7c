// Previews of a message that is not being edited here: it finds out by itself how each messenger shows it.
import { useState } from 'react';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { Content } from '../shapes.ts';
import { PreviewPane } from './preview-pane.tsx';
import { usePreview } from './use-preview.ts';

interface Props {
  content: Content;
  channels: readonly ChannelInfo[];
  /** The messenger whose preview is shown. */
  shown: string;
  onShow: (channel: string) => void;
  /** Names of the bots by channel, shown as the sender. */
  senders?: Readonly<Record<string, string>>;
}

export function LivePreview({ content, ...rest }: Props) {
  const [subscriber, setSubscriber] = useState<string | null>(null);
  const preview = usePreview(content, rest.channels.map((channel) => channel.name), subscriber);
  return <PreviewPane {...rest} preview={preview} subscriber={subscriber} onSubscriber={setSubscriber} />;
}
