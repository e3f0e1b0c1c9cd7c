// The columns of the mailings table, in their order, with what each figure means.
import { Box, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { MailingRow } from '../../../../src/http/api/mailings.ts';
import type { Column } from '../../ui/data-table.tsx';
import { FigureCell, Revenue, Time } from '../../ui/figures.tsx';
import { AnchorLink } from '../../ui/links.tsx';
import { MailingActions } from './actions.tsx';
import { mailingLink } from './link.ts';
import { MailingStatus } from './progress.tsx';

type FigureKey =
  | 'planned'
  | 'sent'
  | 'failed'
  | 'delivered'
  | 'opened'
  | 'buyPeople'
  | 'linkPeople'
  | 'buttonPeople'
  | 'orders';

const FIGURE_COLUMNS: readonly { key: FigureKey; fact?: boolean }[] = [
  { key: 'planned' },
  { key: 'sent', fact: true },
  { key: 'failed', fact: true },
  { key: 'delivered' },
  { key: 'opened' },
  { key: 'buyPeople' },
  { key: 'linkPeople' },
  { key: 'buttonPeople' },
  { key: 'orders' },
];

const started = (mailing: MailingRow): boolean => mailing.startedAt !== null;

export function mailingColumns(t: TFunction): Column<MailingRow>[] {
  const figure = ({ key, fact }: (typeof FIGURE_COLUMNS)[number]): Column<MailingRow> => ({
    key,
    title: t(`figure.${key}`),
    hint: t(`figure.${key}Hint`),
    figure: true,
    ...(fact ? { card: 'fact' as const } : {}),
    render: (mailing) => (started(mailing) ? <FigureCell value={mailing.figures[key]} /> : null),
  });
  return [
    {
      key: 'date',
      title: t('mailings.date'),
      width: 116,
      card: 'line',
      render: (mailing) => <When mailing={mailing} />,
    },
    {
      key: 'status',
      title: t('mailings.status'),
      width: 114,
      card: 'line',
      render: (mailing) => <MailingStatus mailing={mailing} />,
    },
    {
      key: 'name',
      title: t('mailings.name'),
      width: 138,
      card: 'title',
      render: (mailing) => <Name mailing={mailing} />,
    },
    ...FIGURE_COLUMNS.map(figure),
    {
      key: 'sales',
      title: t('figure.sales'),
      hint: t('figure.salesHint'),
      figure: true,
      card: 'fact',
      render: (mailing) => (started(mailing) ? <Sales mailing={mailing} /> : null),
    },
    {
      key: 'actions',
      title: t('table.actions'),
      width: 48,
      quiet: true,
      card: 'corner',
      render: (mailing) => <MailingActions mailing={mailing} />,
    },
  ];
}

function When({ mailing }: { mailing: MailingRow }): ReactNode {
  if (mailing.startedAt !== null) return <Time at={mailing.startedAt} />;
  if (mailing.dueAt !== null && mailing.state === 'scheduled')
    return <Time at={mailing.dueAt} {...(mailing.zone ? { zone: mailing.zone } : {})} withZone />;
  return (
    <Text span size="sm" c="dimmed">
      <Time at={mailing.updatedAt} />
    </Text>
  );
}

function Name({ mailing }: { mailing: MailingRow }): ReactNode {
  return (
    <Box style={{ overflowWrap: 'anywhere' }} miw={0}>
      <AnchorLink {...mailingLink(mailing)} fw={500} fz="sm" dir="auto" onClick={(event) => event.stopPropagation()}>
        {mailing.name}
      </AnchorLink>
    </Box>
  );
}

function Sales({ mailing }: { mailing: MailingRow }): ReactNode {
  return (
    <>
      <FigureCell value={mailing.figures.sales} />
      {mailing.figures.sales > 0 && (
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          <Revenue revenue={mailing.figures.revenue} />
        </Text>
      )}
    </>
  );
}
