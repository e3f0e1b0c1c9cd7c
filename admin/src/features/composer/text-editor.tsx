// The editor of one text: formatting the channels can show, emoji, personal fields, and a counter against the limit that
// is reached first. Loaded when a text is there to edit.
import '@mantine/tiptap/styles.layer.css';
import { Group, Text } from '@mantine/core';
import { Link, RichTextEditor } from '@mantine/tiptap';
import { Placeholder } from '@tiptap/extensions';
import { useEditor } from '@tiptap/react';
import { StarterKit } from '@tiptap/starter-kit';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { Capabilities, Run } from '../shapes.ts';
import { useFormat } from '../../ui/use-format.ts';
import classes from './composer.module.css';
import { tightest } from './count.ts';
import { EmojiButton } from './emoji-button.tsx';
import { documentToRuns, plainText, runsToDocument } from './runs.ts';
import { editorLabels } from './editor-labels.ts';
import { VariableButton } from './variable-button.tsx';
import { Variables } from './variables.ts';

interface Props {
  text: readonly Run[];
  onChange: (text: Run[]) => void;
  channels: readonly ChannelInfo[];
  label: string;
  error?: string | undefined;
}

export default function TextEditor({ text, onChange, channels, label, error }: Props) {
  const { t } = useTranslation('wizard');
  const [variableOpen, setVariableOpen] = useState(false);
  const opener = useRef<number | null>(null);
  const changed = useRef(onChange);
  useEffect(() => {
    changed.current = onChange;
  }, [onChange]);
  const editor = useEditor({
    extensions: [
      StarterKit.configure({
        blockquote: false,
        bulletList: false,
        codeBlock: false,
        dropcursor: false,
        gapcursor: false,
        heading: false,
        horizontalRule: false,
        link: false,
        listItem: false,
        listKeymap: false,
        orderedList: false,
        trailingNode: false,
      }),
      Link.configure({ openOnClick: false, defaultProtocol: 'https', HTMLAttributes: { rel: null, target: null } }),
      Placeholder.configure({ placeholder: t('text.placeholder') }),
      Variables,
    ],
    content: runsToDocument(text),
    onUpdate: ({ editor: current }) => changed.current(documentToRuns(current.getJSON())),
    editorProps: {
      attributes: {
        'aria-label': label,
        role: 'textbox',
        'aria-multiline': 'true',
        dir: 'auto',
        class: classes.editor ?? '',
      },
      handleTextInput: (view, from, _to, typed) => {
        const before = view.state.doc.textBetween(Math.max(0, from - 1), from);
        if (typed === '{' && before !== '{') {
          opener.current = from;
          setVariableOpen(true);
        }
        return false;
      },
    },
  });

  const insertVariable = (variable: string): void => {
    const from = opener.current;
    const chain = editor.chain().focus();
    if (
      from !== null &&
      editor.state.doc.textBetween(from, Math.min(from + 1, editor.state.doc.content.size)) === '{'
    ) {
      chain.deleteRange({ from, to: from + 1 });
    }
    chain.insertContent(variable).run();
  };
  const closeVariable = (): void => {
    setVariableOpen(false);
    opener.current = null;
  };

  const can = (format: Capabilities['formatting'][number]) =>
    channels.some((channel) => channel.capabilities.formatting.includes(format));
  return (
    <div>
      <RichTextEditor editor={editor} labels={editorLabels(t)}>
        <RichTextEditor.Toolbar>
          <RichTextEditor.ControlsGroup>
            {can('bold') && <RichTextEditor.Bold />}
            {can('italic') && <RichTextEditor.Italic />}
            {can('underline') && <RichTextEditor.Underline />}
            {can('strike') && <RichTextEditor.Strikethrough />}
            {can('code') && <RichTextEditor.Code />}
          </RichTextEditor.ControlsGroup>
          {can('link') && (
            <RichTextEditor.ControlsGroup>
              <RichTextEditor.Link />
              <RichTextEditor.Unlink />
            </RichTextEditor.ControlsGroup>
          )}
          <RichTextEditor.ControlsGroup>
            <EmojiButton onPick={(emoji) => editor.chain().focus().insertContent(emoji).run()} />
            <VariableButton
              opened={variableOpen}
              onOpen={() => setVariableOpen(true)}
              onClose={closeVariable}
              onInsert={insertVariable}
            />
          </RichTextEditor.ControlsGroup>
        </RichTextEditor.Toolbar>
        <RichTextEditor.Content />
      </RichTextEditor>
      <Group justify="space-between" mt={4} gap="xs" align="flex-start">
        <Text size="xs" c="var(--mantine-color-error)" role={error ? 'alert' : undefined}>
          {error}
        </Text>
        <Counter text={plainText(text)} channels={channels} />
      </Group>
    </div>
  );
}

function Counter({ text, channels }: { text: string; channels: readonly ChannelInfo[] }) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const found = tightest(channels, text);
  if (!found) return null;
  const { used, limit, over, level } = found.budget;
  return (
    <Text className={classes.counter} data-level={level} role={level === 'over' ? 'alert' : undefined} span>
      {level === 'over'
        ? t('text.over', { channel: found.channel.title, limit: format.number(limit), count: over })
        : `${format.number(used)} / ${format.number(limit)}`}
    </Text>
  );
}
