// The orders made through the Buy buttons of a mailing. Marking one as paid makes it a sale; cancelling or refunding takes
// the sale back.
import { ActionIcon, Menu, Stack, Text } from '@mantine/core';
import { IconDots, IconShoppingCart } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import type { Order } from '../../../../src/http/api/orders.ts';
import { api } from '../../api/api.ts';
import { keys, queries } from '../../api/queries.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Money, Time } from '../../ui/figures.tsx';
import { AnchorLink } from '../../ui/links.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useCursor } from '../../ui/use-cursor.ts';

const PAGE_SIZE = 50;
type Command = 'paid' | 'cancelled' | 'refunded';

/** What may become of an order. */
const NEXT: Readonly<Record<Order['state'], readonly Command[]>> = {
  ordered: ['paid', 'cancelled'],
  paid: ['refunded'],
  cancelled: [],
  refunded: [],
};

export default function OrdersTab({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const pages = useCursor(mailing.id, PAGE_SIZE);
  const list = useQuery({
    ...queries.orders({ mailing: mailing.id, ...(pages.cursor ? { cursor: pages.cursor } : {}) }),
    placeholderData: keepPreviousData,
  });
  const columns: Column<Order>[] = [
    { key: 'at', title: t('orders.at'), card: 'line', render: (order) => <Time at={order.orderedAt} /> },
    { key: 'product', title: t('orders.product'), card: 'title', render: (order) => <bdi>{order.product}</bdi> },
    {
      key: 'amount',
      title: t('orders.amount'),
      figure: true,
      card: 'fact',
      render: (order) => <Money amount={order.amount} currency={order.currency} />,
    },
    { key: 'customer', title: t('orders.customer'), card: 'line', render: (order) => <Customer order={order} /> },
    {
      key: 'state',
      title: t('mailings.status'),
      card: 'fact',
      render: (order) => <StatusBadge of="order" status={order.state} />,
    },
    { key: 'paid', title: t('orders.paidAt'), render: (order) => <Time at={order.paidAt} /> },
    {
      key: 'actions',
      title: t('table.actions'),
      width: 64,
      quiet: true,
      card: 'corner',
      render: (order) => <OrderActions order={order} mailing={mailing} />,
    },
  ];
  return (
    <Stack gap="sm">
      <DataTable
        label={t('mailing.tab.orders')}
        columns={columns}
        rows={list.data?.items}
        rowKey={(order) => order.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        updatedAt={list.dataUpdatedAt}
        pager={pages.pager(list.data)}
        empty={<EmptyState text={t('orders.empty')} icon={<IconShoppingCart size={40} stroke={1.2} />} />}
      />
    </Stack>
  );
}

function Customer({ order }: { order: Order }) {
  const { name, contact, note } = order.customer;
  return (
    <Stack gap={0}>
      {order.subscriber ? (
        <AnchorLink to="/subscribers/$id" params={{ id: order.subscriber.id }} fz="sm">
          <bdi>{name ?? order.subscriber.name}</bdi>
        </AnchorLink>
      ) : (
        <Text size="sm">{name ?? '–'}</Text>
      )}
      {(contact ?? note) && (
        <Text size="xs" c="dimmed">
          {[contact, note].filter(Boolean).join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

function OrderActions({ order, mailing }: { order: Order; mailing: Mailing }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (state: Command) => api.orders.patch(order.id, state),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.orders });
      void client.invalidateQueries({ queryKey: keys.statistics(mailing.id) });
      void client.invalidateQueries({ queryKey: keys.mailing(mailing.id) });
    },
    onError: toastError,
  });
  const commands = NEXT[order.state];
  if (commands.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('orders.actions', { product: order.product })} loading={change.isPending}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {commands.map((state) => (
          <Menu.Item key={state} {...(state === 'paid' ? {} : { color: 'red' })} onClick={() => change.mutate(state)}>
            {t(`orders.mark.${state}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
