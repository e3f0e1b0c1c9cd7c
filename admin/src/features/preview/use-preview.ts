// Asks the server how the message would look on each channel for one person, a moment after the last change. While it
// is asked, and when it cannot answer, the message is shown as it was written.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Preview } from '../../../../src/http/api/mailings.ts';
import { api } from '../../api/api.ts';
import type { Content, Message } from '../shapes.ts';
import { EVERY_CHANNEL } from '../shapes.ts';

const PAUSE_MS = 300;

export type PreviewItem = Preview['items'][number];

export interface PreviewAnswer {
  item(channel: string): PreviewItem | undefined;
  message(channel: string): Message | null;
  person: Preview['person'];
}

export function usePreview(content: Content, channels: readonly string[], subscriber: string | null): PreviewAnswer {
  const [asked] = useDebouncedValue({ content, channels: [...channels], subscriber }, PAUSE_MS);
  const { data } = useQuery({
    queryKey: ['preview', asked],
    queryFn: ({ signal }) => api.preview(asked, signal),
    enabled: asked.channels.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const item = (channel: string) => data?.items.find((one) => one.channel === channel);
  return {
    item,
    message: (channel) =>
      item(channel)?.message ?? content.variants[content.synchronised ? EVERY_CHANNEL : channel] ?? null,
    person: data?.person ?? null,
  };
}
