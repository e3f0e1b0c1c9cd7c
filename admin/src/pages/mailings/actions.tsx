// The menu of one row. It offers what the mailing's state permits; deleting a running one says what to do first.
import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconCalendarOff,
  IconCopy,
  IconDots,
  IconEdit,
  IconExternalLink,
  IconPlayerPlay,
  IconPlayerStop,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MailingRow } from '../../../../src/http/api/mailings.ts';
import { MenuItemLink } from '../../ui/links.tsx';
import { questionOf } from './asks.ts';
import { mailingLink } from './link.ts';
import { useMailingCommands } from './commands.ts';
import { StopDialog } from './stop-dialog.tsx';

export function MailingActions({ mailing }: { mailing: MailingRow }) {
  const { t } = useTranslation();
  const commands = useMailingCommands(mailing);
  const [stopping, stop] = useDisclosure(false);
  const draft = mailing.state === 'draft';
  const icon = { size: 16, 'aria-hidden': true };
  return (
    <div onClick={(event) => event.stopPropagation()} role="presentation">
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={t('mailings.actions', { name: mailing.name })} loading={commands.busy}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        {mailing.deletedAt === null ? (
          <Menu.Dropdown>
            <MenuItemLink
              {...mailingLink(mailing)}
              leftSection={draft ? <IconEdit {...icon} /> : <IconExternalLink {...icon} />}
            >
              {t(draft ? 'mailings.edit' : 'mailings.open')}
            </MenuItemLink>
            {mailing.state === 'scheduled' && mailing.repeats && mailing.starts > 0 && (
              <MenuItemLink to="/mailings/$id/edit" params={{ id: mailing.id }} leftSection={<IconEdit {...icon} />}>
                {t('starts.edit')}
              </MenuItemLink>
            )}
            <Menu.Item leftSection={<IconCopy {...icon} />} onClick={commands.copy}>
              {t('mailings.copy')}
            </Menu.Item>
            {mailing.state === 'sending' && (
              <Menu.Item leftSection={<IconPlayerStop {...icon} />} onClick={stop.open}>
                {t('mailings.stop')}
              </Menu.Item>
            )}
            {mailing.state === 'stopped' && questionOf(mailing) === null && (
              <Menu.Item leftSection={<IconPlayerPlay {...icon} />} onClick={commands.continue}>
                {t('mailings.continue')}
              </Menu.Item>
            )}
            {((mailing.state === 'scheduled' && mailing.starts === 0) || mailing.state === 'failed') && (
              <Menu.Item leftSection={<IconCalendarOff {...icon} />} onClick={commands.unschedule}>
                {t('mailings.unschedule')}
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconTrash {...icon} />}
              color="red"
              disabled={mailing.state === 'sending'}
              onClick={commands.remove}
            >
              {t(mailing.state === 'sending' ? 'mailings.deleteRunning' : 'mailings.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        ) : (
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconRestore {...icon} />} onClick={commands.restore}>
              {t('mailings.restore')}
            </Menu.Item>
          </Menu.Dropdown>
        )}
      </Menu>
      <StopDialog mailing={mailing} opened={stopping} onClose={stop.close} onStop={commands.stop} />
    </div>
  );
}
