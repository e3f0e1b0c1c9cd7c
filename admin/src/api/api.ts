// Every call the admin page makes, by resource. The shapes are the server's own types.
import type {
  Bot,
  BotBody,
  BotCheck,
  BotHello,
  BotLink,
  BotPatch,
  ChannelInfo,
  Simulator,
  SimulatorBehaviour,
  SimulatorBody,
  TemplateInfo,
  WidgetSecret,
} from '../../../src/http/api/bots.ts';
import type { Page } from '../../../src/http/api/common.ts';
import type { HealthReport, StartList } from '../../../src/http/api/engine.ts';
import type { InstanceAnswer } from '../../../src/http/api/instance.ts';
import type {
  Mailing,
  MailingBody,
  MailingCheck,
  MailingPatch,
  MailingRow,
  Preview,
  PreviewBody,
  RetryBody,
  SendBody,
  TestAnswer,
  TestBody,
} from '../../../src/http/api/mailings.ts';
import type { Media } from '../../../src/http/api/media.ts';
import type { Order } from '../../../src/http/api/orders.ts';
import type { Recipient, RecipientQuery, Statistics } from '../../../src/http/api/statistics.ts';
import type {
  ApiToken,
  NewApiToken,
  Session,
  SetupBody,
  SetupState,
  SignInBody,
  TokenBody,
  Workspace,
  WorkspacePatch,
} from '../../../src/http/api/session.ts';
import type {
  Attribute,
  AudienceCount,
  AudiencePeople,
  AudienceQuery,
  FieldList,
  Import,
  ImportError,
  ImportOptions,
  SubscriberDetails,
  SubscriberPatch,
  SubscriberRow,
  SubscriberSearch,
  TagList,
  TimelineEntry,
} from '../../../src/http/api/subscribers.ts';
import { API, call, withQuery } from './client.ts';
import type { Query } from './client.ts';

type Items<T> = { items: T[] };
type Signal = AbortSignal | undefined;
export type MailingCommand = 'unschedule' | 'stop' | 'continue' | 'skip' | 'copy' | 'restore';
export type MailingTab = 'all' | 'draft' | 'scheduled' | 'sending' | 'sent' | 'stopped' | 'trash';

const get = <T>(path: string, query?: Query, signal?: Signal): Promise<T> => call<T>(path, { query, signal });
const post = <T>(path: string, body?: unknown, signal?: Signal): Promise<T> =>
  call<T>(path, { method: 'POST', body, signal });
const patch = <T>(path: string, body: unknown): Promise<T> => call<T>(path, { method: 'PATCH', body });
const remove = <T = void>(path: string): Promise<T> => call<T>(path, { method: 'DELETE' });

export const api = {
  setup: {
    state: () => get<SetupState>('/setup'),
    create: (body: SetupBody) => post<Session>('/setup', body),
  },
  session: {
    get: () => get<Session>('/session'),
    signIn: (body: SignInBody) => post<Session>('/session', body),
    signOut: () => remove('/session'),
    setLanguage: (language: SetupBody['language']) => patch<Session>('/session', { language }),
  },
  workspace: {
    patch: (body: WorkspacePatch) => patch<Workspace>('/settings', body),
  },
  health: (signal?: Signal) => get<HealthReport>('/health', {}, signal),
  instance: {
    get: () => get<InstanceAnswer>('/instance'),
    confirm: () => post<InstanceAnswer>('/instance/confirm'),
  },
  tokens: {
    list: () => get<Items<ApiToken>>('/tokens'),
    create: (body: TokenBody) => post<NewApiToken>('/tokens', body),
    remove: (id: string) => remove(`/tokens/${id}`),
  },
  channels: {
    list: () => get<Items<ChannelInfo>>('/channels'),
  },
  bots: {
    list: () => get<Items<Bot>>('/bots'),
    get: (id: string) => get<Bot>(`/bots/${id}`),
    check: (body: BotBody, signal?: Signal) => post<BotCheck>('/bots/check', body, signal),
    create: (body: BotBody) => post<Bot>('/bots', body),
    patch: (id: string, body: BotPatch) => patch<Bot>(`/bots/${id}`, body),
    remove: (id: string) => remove(`/bots/${id}`),
    hello: (id: string) => post<BotHello>(`/bots/${id}/hello`),
    templates: (id: string) => get<Items<TemplateInfo>>(`/bots/${id}/templates`),
    widgetSecret: (id: string, renew: boolean) => post<WidgetSecret>(`/bots/${id}/widget-secret`, { renew }),
    link: (id: string, ref?: string) => get<BotLink>(`/bots/${id}/link`, { ref }),
  },
  simulator: {
    get: () => get<Simulator>('/simulator'),
    start: (body: SimulatorBody) => post<Simulator>('/simulator', body),
    patch: (behaviour: SimulatorBehaviour) => patch<Simulator>('/simulator', behaviour),
    stop: () => remove('/simulator'),
  },
  mailings: {
    list: (query: { tab?: MailingTab; search?: string; cursor?: string; limit?: number }, signal?: Signal) =>
      get<Page<MailingRow>>('/mailings', query, signal),
    get: (id: string) => get<Mailing>(`/mailings/${id}`),
    create: (body: MailingBody) => post<Mailing>('/mailings', body),
    patch: (id: string, body: MailingPatch) => patch<Mailing>(`/mailings/${id}`, body),
    remove: (id: string) => remove<Mailing>(`/mailings/${id}`),
    check: (id: string, signal?: Signal) => post<MailingCheck>(`/mailings/${id}/check`, undefined, signal),
    /** `key` is made when the confirmation opens: two clicks on its button send once. */
    send: (id: string, body: SendBody, key: string) =>
      call<Mailing>(`/mailings/${id}/send`, { method: 'POST', body, key }),
    command: (id: string, command: MailingCommand) => post<Mailing>(`/mailings/${id}/${command}`),
    retry: (id: string, body: RetryBody) => post<{ planned: number }>(`/mailings/${id}/retry`, body),
    test: (id: string, body: TestBody) => post<TestAnswer>(`/mailings/${id}/test`, body),
    starts: (id: string, signal?: Signal) => get<StartList>(`/mailings/${id}/starts`, {}, signal),
    statistics: (id: string, signal?: Signal) => get<Statistics>(`/mailings/${id}/statistics`, {}, signal),
    recipients: (id: string, query: RecipientQuery, signal?: Signal) =>
      get<Page<Recipient>>(`/mailings/${id}/recipients`, recipientQuery(query), signal),
    recipientsCsv: (id: string, query: RecipientQuery) =>
      withQuery(`${API}/mailings/${id}/recipients.csv`, recipientQuery(query)),
  },
  preview: (body: PreviewBody, signal?: Signal) => post<Preview>('/preview', body, signal),
  orders: {
    list: (query: { mailing?: string; state?: Order['state']; cursor?: string; limit?: number }, signal?: Signal) =>
      get<Page<Order>>('/orders', query, signal),
    patch: (id: string, state: 'paid' | 'cancelled' | 'refunded') => patch<Order>(`/orders/${id}`, { state }),
  },
  media: {
    upload: (file: File) => call<Media>('/media', { method: 'POST', file }),
  },
  subscribers: {
    search: (body: SubscriberSearch, signal?: Signal) => post<Page<SubscriberRow>>('/subscribers/search', body, signal),
    get: (id: string) => get<SubscriberDetails>(`/subscribers/${id}`),
    patch: (id: string, body: SubscriberPatch) => patch<SubscriberDetails>(`/subscribers/${id}`, body),
    timeline: (id: string, cursor?: string) => get<Page<TimelineEntry>>(`/subscribers/${id}/timeline`, { cursor }),
  },
  tags: {
    list: () => get<TagList>('/tags'),
  },
  attributes: {
    list: () => get<Items<Attribute>>('/attributes'),
    create: (body: Partial<Attribute> & Pick<Attribute, 'key' | 'name' | 'type'>) =>
      post<Attribute>('/attributes', body),
  },
  audience: {
    fields: () => get<FieldList>('/audience/fields'),
    count: (body: AudienceQuery, signal?: Signal) => post<AudienceCount>('/audience/count', body, signal),
    people: (body: AudiencePeople, signal?: Signal) => post<Page<SubscriberRow>>('/audience/people', body, signal),
  },
  imports: {
    list: () => get<Items<Import>>('/imports'),
    upload: (file: File) => call<Import>('/imports', { method: 'POST', file }),
    get: (id: string) => get<Import>(`/imports/${id}`),
    check: (id: string, body: ImportOptions) => post<Import>(`/imports/${id}/check`, body),
    run: (id: string, body: ImportOptions) => post<Import>(`/imports/${id}/run`, body),
    stop: (id: string) => post<Import>(`/imports/${id}/stop`),
    errors: (id: string, cursor?: string) => get<Page<ImportError>>(`/imports/${id}/errors`, { cursor }),
    errorsCsv: (id: string) => `${API}/imports/${id}/errors.csv`,
  },
};

const recipientQuery = ({ cursor, limit, state, reason, search }: RecipientQuery): Query => ({
  cursor,
  limit: typeof limit === 'number' ? limit : undefined,
  state,
  reason,
  search,
});
