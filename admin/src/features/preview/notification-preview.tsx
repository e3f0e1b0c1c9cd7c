// A message as a notification of the system: a title, a few words, a picture, and its buttons in a row.
import { Box } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Drawn } from './message-preview.tsx';
import { ButtonRows, Nothing, Picture, Words } from './parts.tsx';
import classes from './preview.module.css';

export function NotificationPreview({ channel, sender, subject, bubbles, time }: Drawn) {
  const { t } = useTranslation('wizard');
  return (
    <Box className={classes.thread} dir="auto" tabIndex={0} component="section" aria-label={t('preview.message')}>
      {bubbles.length === 0 ? (
        <Nothing channel={channel.title} />
      ) : (
        <div className={classes.notification}>
          <div className={classes.source}>
            <span className={classes.spot} aria-hidden>
              {[...sender][0]?.toLocaleUpperCase()}
            </span>
            <span>{sender}</span>
            <span className={classes.where}>{time}</span>
          </div>
          <div className={classes.title} dir="auto">
            {subject || sender}
          </div>
          {bubbles.map((bubble, index) => (
            <div key={index}>
              {bubble.text.length > 0 && <Words text={bubble.text} />}
              {bubble.image && <Picture source={bubble.image.source} alt={bubble.image.alt ?? ''} />}
              <ButtonRows rows={bubble.rows} inside />
            </div>
          ))}
        </div>
      )}
    </Box>
  );
}
