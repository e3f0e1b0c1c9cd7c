// What the pages ask, as query options: one key per question, so that a live patch finds every place that shows it.
import { queryOptions } from '@tanstack/react-query';
import { api } from './api.ts';
import type { MailingTab } from './api.ts';
import type { Order } from '../../../src/http/api/orders.ts';
import type { RecipientQuery } from '../../../src/http/api/statistics.ts';

export const keys = {
  session: ['session'] as const,
  bots: ['bots'] as const,
  mailings: ['mailings'] as const,
  mailing: (id: string) => ['mailing', id] as const,
  statistics: (id: string) => ['statistics', id] as const,
  starts: (id: string) => ['starts', id] as const,
  recipients: (id: string) => ['recipients', id] as const,
  orders: ['orders'] as const,
  simulator: ['simulator'] as const,
  subscribers: ['subscribers'] as const,
  subscriber: (id: string) => ['subscriber', id] as const,
  audience: ['audience'] as const,
  import: (id: string) => ['import', id] as const,
};

export const queries = {
  setup: () => queryOptions({ queryKey: ['setup'], queryFn: api.setup.state }),
  session: () => queryOptions({ queryKey: keys.session, queryFn: api.session.get, staleTime: 300_000 }),
  health: () => queryOptions({ queryKey: ['health'], queryFn: ({ signal }) => api.health(signal) }),
  instance: () => queryOptions({ queryKey: ['instance'], queryFn: api.instance.get }),
  channels: () => queryOptions({ queryKey: ['channels'], queryFn: api.channels.list, staleTime: Infinity }),
  bots: () => queryOptions({ queryKey: keys.bots, queryFn: api.bots.list }),
  botLink: (id: string) => queryOptions({ queryKey: [...keys.bots, id, 'link'], queryFn: () => api.bots.link(id) }),
  templates: (id: string) =>
    queryOptions({ queryKey: [...keys.bots, id, 'templates'], queryFn: () => api.bots.templates(id), retry: false }),
  simulator: () => queryOptions({ queryKey: keys.simulator, queryFn: api.simulator.get }),
  tokens: () => queryOptions({ queryKey: ['tokens'], queryFn: api.tokens.list }),
  mailings: (query: { tab?: MailingTab; search?: string; cursor?: string; limit?: number }) =>
    queryOptions({ queryKey: [...keys.mailings, query], queryFn: ({ signal }) => api.mailings.list(query, signal) }),
  mailing: (id: string) => queryOptions({ queryKey: keys.mailing(id), queryFn: () => api.mailings.get(id) }),
  starts: (id: string) =>
    queryOptions({ queryKey: keys.starts(id), queryFn: ({ signal }) => api.mailings.starts(id, signal) }),
  statistics: (id: string) =>
    queryOptions({ queryKey: keys.statistics(id), queryFn: ({ signal }) => api.mailings.statistics(id, signal) }),
  recipients: (id: string, query: RecipientQuery) =>
    queryOptions({
      queryKey: [...keys.recipients(id), query],
      queryFn: ({ signal }) => api.mailings.recipients(id, query, signal),
    }),
  orders: (query: { mailing?: string; state?: Order['state']; cursor?: string }) =>
    queryOptions({ queryKey: [...keys.orders, query], queryFn: ({ signal }) => api.orders.list(query, signal) }),
  tags: () => queryOptions({ queryKey: ['tags'], queryFn: api.tags.list }),
  attributes: () => queryOptions({ queryKey: ['attributes'], queryFn: api.attributes.list }),
  fields: () =>
    queryOptions({ queryKey: [...keys.audience, 'fields'], queryFn: api.audience.fields, staleTime: 60_000 }),
  subscriber: (id: string) => queryOptions({ queryKey: keys.subscriber(id), queryFn: () => api.subscribers.get(id) }),
  import: (id: string) => queryOptions({ queryKey: keys.import(id), queryFn: () => api.imports.get(id) }),
};
