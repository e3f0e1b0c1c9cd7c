// Why nothing goes out at this moment, and the way to what mends it where a person can.
import { Group, Text } from '@mantine/core';
import { IconHourglass } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { Waiting } from '../../../../src/http/api/engine.ts';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { AnchorLink } from '../../ui/links.tsx';
import { remedyOf } from './remedy.ts';

export function WaitingLine({ mailing, waiting }: { mailing: Mailing; waiting: Waiting }) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" aria-live="polite">
      <IconHourglass size={18} stroke={1.7} aria-hidden style={{ flex: 'none', marginTop: 1 }} />
      <Text size="sm" fw={500}>
        {waiting.text} <Remedy mailing={mailing} waiting={waiting} />
      </Text>
    </Group>
  );
}

function Remedy({ mailing, waiting }: { mailing: Mailing; waiting: Waiting }): ReactNode {
  const { t } = useTranslation();
  const remedy = remedyOf(waiting);
  switch (remedy.kind) {
    case 'bot':
      return (
        <AnchorLink to="/bots" search={{ bot: remedy.bot }} size="sm" underline="always">
          {t(`remedy.${remedy.how}`)}
        </AnchorLink>
      );
    case 'health':
      return (
        <AnchorLink to="/settings" search={{ tab: 'health' }} size="sm" underline="always">
          {t('remedy.health')}
        </AnchorLink>
      );
    case 'rules':
      return (
        <AnchorLink
          to="/mailings/$id"
          params={{ id: mailing.id }}
          search={{ tab: 'settings' }}
          size="sm"
          underline="always"
        >
          {t('remedy.rules')}
        </AnchorLink>
      );
    case 'none':
      return null;
  }
}
