// Short names for the parts of the API's types that the composer, the previews and the filter panel work with.
import type { ChannelInfo } from '../../../src/http/api/bots.ts';
import type { Mailing } from '../../../src/http/api/mailings.ts';
import type { FieldList } from '../../../src/http/api/subscribers.ts';

export type Content = Mailing['content'];
export type Message = Content['variants'][string];
export type Element = Message['elements'][number];
export type ElementKind = Element['kind'];
export type ElementOf<Kind extends ElementKind> = Extract<Element, { kind: Kind }>;
export type Run = ElementOf<'text'>['text'][number];
export type Button = ElementOf<'buttons'>['rows'][number][number];
export type ButtonKind = Button['kind'];
export type ButtonOf<Kind extends ButtonKind> = Extract<Button, { kind: Kind }>;
export type Template = NonNullable<Content['templates']>[string];
export type Filter = Mailing['audience'];
export type Condition = Extract<Filter, { field: string }>;
export type Settings = Mailing['settings'];
export type Via = Settings['via'];
export type When = Settings['when'];
export type Capabilities = ChannelInfo['capabilities'];
export type Field = FieldList['items'][number];

/** The variant every channel gets while the message is the same everywhere. */
export const EVERY_CHANNEL = '*';

/** What a new audience starts with. */
export const ACTIVE_ONLY: Condition = { field: 'connection.status', operator: 'is', value: 'active' };
