// Connects a bot in two steps: which messenger, then its credentials, which are asked live before they are saved.
import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../../../src/http/api/bots.ts';
import { useChannels } from '../../ui/use-channels.ts';
import { ChannelChooser } from './channel-chooser.tsx';
import { ConnectForm } from './connect-form.tsx';

interface Props {
  opened: boolean;
  /** A channel to begin with. */
  start: string | null;
  onClose: () => void;
  onConnected: (bot: Bot) => void;
}

export function ConnectDrawer({ opened, start, onClose, onConnected }: Props) {
  const { t } = useTranslation();
  const channels = useChannels();
  const [chosen, setChosen] = useState(start);
  const channel = chosen === null ? undefined : channels.get(chosen);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={channel ? t('connect.titleOf', { channel: channel.title }) : t('connect.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {channel ? (
        <ConnectForm channel={channel} onBack={() => setChosen(null)} onConnected={onConnected} />
      ) : (
        <ChannelChooser channels={channels.list} onChoose={setChosen} />
      )}
    </Drawer>
  );
}
