// The names of the editor's own controls in the language of the page.
import type { RichTextEditorLabels } from '@mantine/tiptap';
import type { TFunction } from 'i18next';

export const editorLabels = (t: TFunction<'wizard'>): Partial<RichTextEditorLabels> => ({
  boldControlLabel: t('text.bold'),
  italicControlLabel: t('text.italic'),
  underlineControlLabel: t('text.underline'),
  strikeControlLabel: t('text.strike'),
  codeControlLabel: t('text.code'),
  linkControlLabel: t('text.link'),
  unlinkControlLabel: t('text.unlink'),
  linkEditorInputLabel: t('text.linkAddress'),
  linkEditorInputPlaceholder: 'https://example.com/',
  linkEditorExternalLink: t('text.linkExternal'),
  linkEditorInternalLink: t('text.linkInternal'),
  linkEditorSave: t('text.linkSave'),
});
