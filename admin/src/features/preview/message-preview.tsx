// One message as one messenger shows it. What it looks like is data the channel declares; what it says is what the
// server would send.
import { IconAddressBook, IconExternalLink, IconMessage, IconPhoto, IconShoppingCart } from '@tabler/icons-react';
import { Box } from '@mantine/core';
import { useState } from 'react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { Button, ButtonKind, Message, Run } from '../shapes.ts';
import { bubblesOf, pictureAddress } from './bubbles.ts';
import type { Bubble } from './bubbles.ts';
import { buttonsInside, lookVariables } from './look.ts';
import type { Scheme } from './look.ts';
import classes from './preview.module.css';

const ICONS = {
  link: IconExternalLink,
  message: IconMessage,
  buy: IconShoppingCart,
  contact: IconAddressBook,
} as const satisfies Record<ButtonKind, unknown>;

interface Props {
  message: Message | null;
  channel: ChannelInfo;
  /** The name of the bot that speaks; the messenger's own name without it. */
  sender?: string | undefined;
  scheme: Scheme;
}

export function MessagePreview({ message, channel, sender, scheme }: Props) {
  const { t, i18n } = useTranslation('wizard');
  const [now] = useState(() => Date.now());
  const look = channel.capabilities.look;
  const bubbles = message ? bubblesOf(message) : [];
  const name = sender ?? channel.title;
  const time = new Intl.DateTimeFormat(i18n.language, { hour: 'numeric', minute: '2-digit' }).format(now);
  return (
    <section
      className={classes.frame}
      style={lookVariables(look, scheme) as CSSProperties}
      aria-label={t('preview.of', { channel: channel.title })}
    >
      <div className={classes.bar}>
        <span className={classes.avatar} aria-hidden>
          {[...name][0]?.toLocaleUpperCase()}
        </span>
        <div className={classes.who}>
          {name}
          <div className={classes.where}>{channel.title}</div>
        </div>
      </div>
      <Box className={classes.thread} dir="auto" tabIndex={0} component="section" aria-label={t('preview.message')}>
        {bubbles.length === 0 && <p className={classes.empty}>{t('preview.empty', { channel: channel.title })}</p>}
        {bubbles.map((bubble, index) => (
          <BubbleGroup
            key={index}
            bubble={bubble}
            inside={buttonsInside(look)}
            time={index === bubbles.length - 1 ? time : null}
          />
        ))}
      </Box>
    </section>
  );
}

function BubbleGroup({ bubble, inside, time }: { bubble: Bubble; inside: boolean; time: string | null }) {
  const rows = bubble.rows.length > 0 && (
    <div className={inside ? `${classes.rows} ${classes.inside}` : classes.rows}>
      {bubble.rows.map((row, index) => (
        <div key={index} className={classes.row}>
          {row.map((button) => (
            <ButtonFace key={button.id} button={button} />
          ))}
        </div>
      ))}
    </div>
  );
  const filled = bubble.image !== null || bubble.text.length > 0;
  return (
    <div className={classes.group}>
      {(filled || inside) && (
        <div className={classes.bubble}>
          {bubble.image && <Picture source={bubble.image.source} alt={bubble.image.alt ?? ''} />}
          {bubble.text.length > 0 && (
            <p className={classes.text} dir="auto">
              {bubble.text.map((run, index) => (
                <RunText key={index} run={run} />
              ))}
            </p>
          )}
          {filled && time && <div className={classes.time}>{time}</div>}
          {inside && rows}
        </div>
      )}
      {!inside && rows}
    </div>
  );
}

function Picture({ source, alt }: { source: string; alt: string }) {
  const address = pictureAddress(source);
  if (address) return <img className={classes.picture} src={address} alt={alt} />;
  return (
    <div className={classes.elsewhere}>
      <IconPhoto size={22} aria-hidden />
      {source}
    </div>
  );
}

function RunText({ run }: { run: Run }) {
  let text = <>{run.text}</>;
  if (run.code) text = <code className={classes.code}>{text}</code>;
  if (run.bold) text = <strong>{text}</strong>;
  if (run.italic) text = <em>{text}</em>;
  if (run.underline) text = <u>{text}</u>;
  if (run.strike) text = <s>{text}</s>;
  return run.link ? <span className={classes.link}>{text}</span> : text;
}

function ButtonFace({ button }: { button: Button }) {
  const { t } = useTranslation('wizard');
  const Icon = ICONS[button.kind];
  return (
    <span className={classes.button}>
      {button.kind !== 'message' && <Icon size={14} className={classes.icon} aria-hidden />}
      {button.label || t('buttons.unnamed')}
    </span>
  );
}
