// A message in a chat: bubbles, with the buttons below them, inside them, or as a keyboard in place of the person's own.
import { Box } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Bubble } from './bubbles.ts';
import { buttonsInside } from './look.ts';
import type { Drawn } from './message-preview.tsx';
import { ButtonRows, Nothing, Picture, Words } from './parts.tsx';
import classes from './preview.module.css';

export function ChatPreview({ channel, sender, bubbles, time }: Drawn) {
  const { t } = useTranslation('wizard');
  const { look, buttons } = channel.capabilities;
  const keyboard = buttons.style === 'keyboard';
  // A keyboard stays until the next message brings another.
  const keys = keyboard ? (bubbles.findLast(({ rows }) => rows.length > 0)?.rows ?? []) : [];
  return (
    <>
      <div className={classes.bar}>
        <span className={classes.avatar} aria-hidden>
          {[...sender][0]?.toLocaleUpperCase()}
        </span>
        <div className={classes.who}>
          {sender}
          <div className={classes.where}>{channel.title}</div>
        </div>
      </div>
      <Box className={classes.thread} dir="auto" tabIndex={0} component="section" aria-label={t('preview.message')}>
        {bubbles.length === 0 && <Nothing channel={channel.title} />}
        {bubbles.map((bubble, index) => (
          <BubbleGroup
            key={index}
            bubble={keyboard ? { ...bubble, rows: [] } : bubble}
            inside={buttonsInside(look)}
            time={index === bubbles.length - 1 ? time : null}
          />
        ))}
      </Box>
      {keys.length > 0 && (
        <section className={classes.keyboard} aria-label={t('preview.keyboard')}>
          <ButtonRows rows={keys} />
        </section>
      )}
    </>
  );
}

function BubbleGroup({ bubble, inside, time }: { bubble: Bubble; inside: boolean; time: string | null }) {
  const filled = bubble.image !== null || bubble.text.length > 0;
  if (!filled && bubble.rows.length === 0) return null;
  return (
    <div className={classes.group}>
      {(filled || inside) && (
        <div className={classes.bubble}>
          {bubble.image && <Picture source={bubble.image.source} alt={bubble.image.alt ?? ''} />}
          {bubble.text.length > 0 && <Words text={bubble.text} />}
          {filled && time && <div className={classes.time}>{time}</div>}
          {inside && <ButtonRows rows={bubble.rows} inside />}
        </div>
      )}
      {!inside && <ButtonRows rows={bubble.rows} />}
    </div>
  );
}
