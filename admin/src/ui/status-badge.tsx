// A state as text and colour, never colour alone.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../src/http/api/bots.ts';
import type { MailingRow } from '../../../src/http/api/mailings.ts';
import type { Order } from '../../../src/http/api/orders.ts';
import type { Recipient } from '../../../src/http/api/statistics.ts';
import type { ConnectionInfo } from '../../../src/http/api/subscribers.ts';

const COLORS = {
  mailing: { draft: 'gray', scheduled: 'violet', sending: 'blue', sent: 'green', stopped: 'orange', failed: 'red' },
  bot: { connected: 'green', attention: 'red', paused: 'orange' },
  connection: { active: 'green', unsubscribed: 'gray', blocked: 'red', unreachable: 'orange', pending: 'gray' },
  delivery: {
    planned: 'gray',
    sending: 'blue',
    sent: 'green',
    delivered: 'green',
    opened: 'teal',
    failed: 'red',
    cancelled: 'gray',
    skipped: 'gray',
    control: 'gray',
    unconfirmed: 'orange',
  },
  order: { ordered: 'blue', paid: 'green', cancelled: 'gray', refunded: 'orange' },
} as const satisfies {
  mailing: Record<MailingRow['state'], string>;
  bot: Record<Bot['status'], string>;
  connection: Record<ConnectionInfo['status'], string>;
  delivery: Record<Recipient['state'], string>;
  order: Record<Order['state'], string>;
};

type Colors = typeof COLORS;

export function StatusBadge<Of extends keyof Colors>({ of, status }: { of: Of; status: keyof Colors[Of] & string }) {
  const { t } = useTranslation();
  const color: unknown = COLORS[of][status];
  return (
    <Badge color={typeof color === 'string' ? color : 'gray'} style={{ flex: 'none', minWidth: 'max-content' }}>
      {t(`status.${of}.${status}`)}
    </Badge>
  );
}
