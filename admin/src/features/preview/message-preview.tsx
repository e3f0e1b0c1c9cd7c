// One message as one messenger shows it: a chat, a letter or a notification, in the colours the channel declares. What it
// says is what the server would send.
import { useState } from 'react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { Message } from '../shapes.ts';
import { bubblesOf } from './bubbles.ts';
import type { Bubble } from './bubbles.ts';
import { ChatPreview } from './chat-preview.tsx';
import { LetterPreview } from './letter-preview.tsx';
import { lookVariables } from './look.ts';
import type { Scheme } from './look.ts';
import { NotificationPreview } from './notification-preview.tsx';
import classes from './preview.module.css';

interface Props {
  message: Message | null;
  channel: ChannelInfo;
  /** The line above it, as the server would write it. */
  subject?: string | null | undefined;
  /** Whether words ride on pictures at this server, as far as the messenger allows it. */
  captioned?: boolean | undefined;
  /** The name of the bot that speaks; the messenger's own name without it. */
  sender?: string | undefined;
  scheme: Scheme;
}

/** What each kind of preview draws. */
export interface Drawn {
  channel: ChannelInfo;
  sender: string;
  subject: string | null;
  bubbles: Bubble[];
  /** Now, as this messenger would write it. */
  time: string;
}

const KINDS = { chat: ChatPreview, letter: LetterPreview, notification: NotificationPreview };

export function MessagePreview({ message, channel, subject = null, captioned = true, sender, scheme }: Props) {
  const { t, i18n } = useTranslation('wizard');
  const [now] = useState(() => Date.now());
  const { look, captionLimit, textUnit } = channel.capabilities;
  const limits = { captionLimit: captioned ? captionLimit : 0, textUnit };
  const Kind = KINDS[look?.frame ?? 'chat'];
  const time = new Intl.DateTimeFormat(i18n.language, { hour: 'numeric', minute: '2-digit' }).format(now);
  return (
    <section
      className={classes.frame}
      style={lookVariables(look, scheme) as CSSProperties}
      aria-label={t('preview.of', { channel: channel.title })}
    >
      <Kind
        channel={channel}
        sender={sender ?? channel.title}
        subject={subject}
        bubbles={message ? bubblesOf(message, limits) : []}
        time={time}
      />
    </section>
  );
}
