// What the server says about its channels; the page asks capabilities and shows titles, and knows no messenger's name.
import { useQuery } from '@tanstack/react-query';
import type { ChannelInfo } from '../../../src/http/api/bots.ts';
import { queries } from '../api/queries.ts';

export interface Channels {
  list: ChannelInfo[];
  get(name: string): ChannelInfo | undefined;
  title(name: string): string;
}

export function useChannels(): Channels {
  const { data } = useQuery(queries.channels());
  const list = data?.items ?? [];
  const get = (name: string) => list.find((channel) => channel.name === name);
  return { list, get, title: (name) => get(name)?.title ?? name };
}
