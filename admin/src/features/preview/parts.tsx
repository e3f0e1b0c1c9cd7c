// What all previews draw alike: pictures, formatted text, buttons, and the words that stand where nothing is written yet.
import { IconAddressBook, IconExternalLink, IconMessage, IconPhoto, IconShoppingCart } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Button, ButtonKind, Run } from '../shapes.ts';
import { pictureAddress } from './bubbles.ts';
import classes from './preview.module.css';

const ICONS = {
  link: IconExternalLink,
  message: IconMessage,
  buy: IconShoppingCart,
  contact: IconAddressBook,
} as const satisfies Record<ButtonKind, unknown>;

export function Picture({ source, alt }: { source: string; alt: string }) {
  const address = pictureAddress(source);
  if (address) return <img className={classes.picture} src={address} alt={alt} />;
  return (
    <div className={classes.elsewhere}>
      <IconPhoto size={22} aria-hidden />
      {source}
    </div>
  );
}

export function Words({ text }: { text: readonly Run[] }) {
  return (
    <p className={classes.text} dir="auto">
      {text.map((run, index) => (
        <RunText key={index} run={run} />
      ))}
    </p>
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

export function ButtonRows({ rows, inside = false }: { rows: readonly Button[][]; inside?: boolean }) {
  if (rows.length === 0) return null;
  return (
    <div className={inside ? `${classes.rows} ${classes.inside}` : classes.rows}>
      {rows.map((row, index) => (
        <div key={index} className={classes.row}>
          {row.map((button) => (
            <ButtonFace key={button.id} button={button} />
          ))}
        </div>
      ))}
    </div>
  );
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

export function Nothing({ channel }: { channel: string }) {
  const { t } = useTranslation('wizard');
  return <p className={classes.empty}>{t('preview.empty', { channel })}</p>;
}
