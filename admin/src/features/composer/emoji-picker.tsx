// The emoji picker, with names and search in the language of the page, from data this server serves itself.
import { EmojiPicker as Picker } from 'frimousse';
import type { EmojiPickerListComponents } from 'frimousse';
import { useTranslation } from 'react-i18next';
import classes from './emoji.module.css';

/** Filled at build time; see `admin/emoji-data.ts`. */
const DATA = '/emoji';

/** The picker counts rows and columns from 0; assistive technology counts from 1. */
const fromOne = <Name extends 'aria-rowindex' | 'aria-colindex'>(
  props: Partial<Record<Name, number | undefined>>,
  name: Name,
) => ({
  [name]: (props[name] ?? 0) + 1,
});

const PARTS: Partial<EmojiPickerListComponents> = {
  CategoryHeader: ({ category, ...props }) => (
    <div {...props} className={classes.category}>
      {category.label}
    </div>
  ),
  Row: ({ children, ...props }) => (
    <div {...props} {...fromOne(props, 'aria-rowindex')} className={classes.row}>
      {children}
    </div>
  ),
  Emoji: ({ emoji, ...props }) => (
    <button type="button" {...props} {...fromOne(props, 'aria-colindex')} className={classes.emoji}>
      {emoji.emoji}
    </button>
  ),
};

export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t, i18n } = useTranslation('wizard');
  return (
    <Picker.Root
      className={classes.root}
      emojibaseUrl={DATA}
      locale={i18n.language}
      columns={8}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <Picker.Search
        className={classes.search}
        aria-label={t('emoji.search')}
        placeholder={t('emoji.search')}
        data-autofocus
      />
      <Picker.Viewport className={classes.viewport}>
        <Picker.Loading className={classes.note}>{t('emoji.loading')}</Picker.Loading>
        <Picker.Empty className={classes.note}>{t('emoji.none')}</Picker.Empty>
        <Picker.List className={classes.list} components={PARTS} />
      </Picker.Viewport>
    </Picker.Root>
  );
}
