// A message as a letter: who it is from, its subject, one sheet with all of it, and the way out below.
import { Box } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Drawn } from './message-preview.tsx';
import { ButtonRows, Nothing, Picture, Words } from './parts.tsx';
import classes from './preview.module.css';

export function LetterPreview({ channel, sender, subject, bubbles, time }: Drawn) {
  const { t } = useTranslation('wizard');
  return (
    <>
      <div className={classes.bar}>
        <span className={classes.avatar} aria-hidden>
          {[...sender][0]?.toLocaleUpperCase()}
        </span>
        <div className={classes.who}>
          <div className={classes.from}>
            <span>{sender}</span>
            <span className={classes.where}>{time}</span>
          </div>
          <div className={classes.subject} dir="auto">
            {subject || t('preview.noSubject')}
          </div>
        </div>
      </div>
      <Box className={classes.thread} dir="auto" tabIndex={0} component="section" aria-label={t('preview.message')}>
        {bubbles.length === 0 ? (
          <Nothing channel={channel.title} />
        ) : (
          <>
            <div className={classes.sheet}>
              {bubbles.map((bubble, index) => (
                <div key={index} className={classes.part}>
                  {bubble.image && <Picture source={bubble.image.source} alt={bubble.image.alt ?? ''} />}
                  {bubble.text.length > 0 && <Words text={bubble.text} />}
                  <ButtonRows rows={bubble.rows} />
                </div>
              ))}
            </div>
            <div className={classes.foot}>{t('preview.unsubscribe')}</div>
          </>
        )}
      </Box>
    </>
  );
}
