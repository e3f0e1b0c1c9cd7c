// People and their addresses. A subscriber is a person; a connection is the person's address at one bot.

export const CONNECTION_STATUSES = ['active', 'unsubscribed', 'blocked', 'unreachable', 'pending'] as const;
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number];

export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'date', 'list', 'choice', 'choices'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

export interface AttributeDefinition {
  key: string;
  name: string;
  type: AttributeType;
  choices: string[];
}

export type AttributeValue = string | number | boolean | string[] | null;

export interface Subscriber {
  id: number;
  publicId: string;
  externalKey: string | null;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  timeZone: string | null;
  phone: string | null;
  email: string | null;
  attributes: Record<string, AttributeValue>;
  mainConnectionId: number | null;
  /** UTC milliseconds, as all times. */
  createdAt: number;
  lastSeenAt: number | null;
}

export interface Connection {
  id: number;
  subscriberId: number;
  botId: number;
  externalId: string;
  status: ConnectionStatus;
  reason: string | null;
  since: number;
  subscribedAt: number | null;
  lastInboundAt: number | null;
  ref: string | null;
}
