// Edits one message: an ordered list of elements, reordered by drag, by keyboard or by menu. What the channels can show
// decides what is offered.
import { closestCenter, DndContext, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core';
import type { Announcements, DragEndEvent } from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { Button, Group, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { IconAlignLeft, IconKeyboard, IconPhoto } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ClipboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { toastError, toastUndo } from '../../ui/toast.tsx';
import type { Element, ElementKind, Message } from '../shapes.ts';
import { ButtonsEditor } from './buttons-editor.tsx';
import classes from './composer.module.css';
import { ElementRow } from './element-row.tsx';
import { copied, moved, newElement, toMessage, toRows } from './elements.ts';
import type { Row } from './elements.ts';
import { newId } from '../new-id.ts';

const TextEditor = lazy(() => import('./text-editor.tsx'));
const ImageEditor = lazy(() => import('./image-editor.tsx'));

const KINDS = [
  { kind: 'text', icon: IconAlignLeft },
  { kind: 'image', icon: IconPhoto },
  { kind: 'buttons', icon: IconKeyboard },
] as const satisfies readonly { kind: ElementKind; icon: unknown }[];

interface Props {
  /** Where the list starts; later changes come out through `onChange`. */
  message: Message | undefined;
  onChange: (message: Message) => void;
  channels: readonly ChannelInfo[];
  /** Sentences by path: `0.text`, `1.source`, `2.<button id>.url`. */
  problems: Readonly<Record<string, string>>;
}

export function Composer({ message, onChange, channels, problems }: Props) {
  const { t } = useTranslation('wizard');
  const [rows, setRows] = useState<Row[]>(() => toRows(message));
  const current = useRef(rows);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  const change = (next: Row[]) => {
    current.current = next;
    setRows(next);
    onChange(toMessage(next));
  };
  const move = (from: number, to: number) => change(moved(current.current, from, to));
  const insert = (at: number, element: Element) => change(current.current.toSpliced(at, 0, { key: newId(), element }));
  const remove = (row: Row, index: number) => {
    change(current.current.filter((one) => one.key !== row.key));
    toastUndo(t('element.removed', { kind: t(`element.${row.element.kind}`) }), () =>
      change(current.current.toSpliced(Math.min(index, current.current.length), 0, row)),
    );
  };
  const replace = (key: string, element: Element) =>
    change(current.current.map((row) => (row.key === key ? { key, element } : row)));

  /** A pasted picture becomes an element of its own. */
  const onPaste = (event: ClipboardEvent) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith('image/'));
    if (!file || !channels.some((channel) => channel.capabilities.elements.includes('image'))) return;
    event.preventDefault();
    event.stopPropagation();
    void api.media
      .upload(file)
      .then((media) => insert(current.current.length, { kind: 'image', source: media.source }))
      .catch(toastError);
  };

  const onDragEnd = ({ active, over }: DragEndEvent) => {
    const place = (id: unknown) => rows.findIndex((row) => row.key === id);
    if (over && active.id !== over.id) move(place(active.id), place(over.id));
  };
  const nameOf = (id: unknown) => {
    const index = rows.findIndex((row) => row.key === id);
    const kind = rows[index]?.element.kind;
    return kind ? t('element.numbered', { kind: t(`element.${kind}`), number: index + 1 }) : '';
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('drag.start', { name: nameOf(active.id) }),
    onDragOver: ({ active, over }) =>
      over ? t('drag.over', { name: nameOf(active.id), target: nameOf(over.id) }) : undefined,
    onDragEnd: ({ active, over }) =>
      over ? t('drag.end', { name: nameOf(active.id), target: nameOf(over.id) }) : undefined,
    onDragCancel: ({ active }) => t('drag.cancel', { name: nameOf(active.id) }),
  };
  const buttonKinds = channels.flatMap((channel) => channel.capabilities.buttons.kinds);

  return (
    <Stack gap="sm" onPasteCapture={onPaste}>
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragEnd={onDragEnd}
        accessibility={{ announcements, screenReaderInstructions: { draggable: t('drag.how') } }}
      >
        <SortableContext items={rows.map((row) => row.key)} strategy={verticalListSortingStrategy}>
          <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('element.list')}>
            {rows.map((row, index) => (
              <ElementRow
                key={row.key}
                id={row.key}
                kind={row.element.kind}
                index={index}
                count={rows.length}
                onMove={(by) => move(index, index + by)}
                onDuplicate={() => insert(index + 1, copied(row.element))}
                onRemove={() => remove(row, index)}
              >
                <ElementEditor
                  element={row.element}
                  index={index}
                  channels={channels}
                  problems={problems}
                  onChange={(element) => replace(row.key, element)}
                />
              </ElementRow>
            ))}
          </Stack>
        </SortableContext>
      </DndContext>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('element.none')}
        </Text>
      )}
      <Group gap="xs" component="fieldset" bd={0} p={0} m={0} aria-label={t('element.add')}>
        {KINDS.map(({ kind, icon: Icon }) => {
          const able = channels.some((channel) => channel.capabilities.elements.includes(kind));
          const button = (
            <Button
              key={kind}
              size="sm"
              variant="default"
              className={classes.add}
              leftSection={<Icon size={16} stroke={1.7} aria-hidden />}
              disabled={!able}
              onClick={() => insert(rows.length, newElement(kind, buttonKinds))}
            >
              {t(`element.${kind}`)}
            </Button>
          );
          return able ? (
            button
          ) : (
            <Tooltip key={kind} label={t('element.unsupported')}>
              <span>{button}</span>
            </Tooltip>
          );
        })}
      </Group>
    </Stack>
  );
}

interface EditorProps {
  element: Element;
  index: number;
  channels: readonly ChannelInfo[];
  problems: Readonly<Record<string, string>>;
  onChange: (element: Element) => void;
}

function ElementEditor({ element, index, channels, problems, onChange }: EditorProps) {
  const { t } = useTranslation('wizard');
  const own = (field: string) => problems[field === '' ? String(index) : `${index}.${field}`];
  switch (element.kind) {
    case 'text':
      return (
        <Suspense fallback={<Skeleton h={150} />}>
          <TextEditor
            text={element.text}
            channels={channels}
            label={t('element.numbered', { kind: t('element.text'), number: index + 1 })}
            error={own('text')}
            onChange={(text) => onChange({ ...element, text })}
          />
        </Suspense>
      );
    case 'image':
      return (
        <Suspense fallback={<Skeleton h={150} />}>
          <ImageEditor image={element} channels={channels} error={own('source')} onChange={onChange} />
        </Suspense>
      );
    case 'buttons': {
      const prefix = `${index}.`;
      const inside = Object.fromEntries(
        Object.entries(problems)
          .filter(([path]) => path.startsWith(prefix))
          .map(([path, words]) => [path.slice(prefix.length), words]),
      );
      return (
        <ButtonsEditor element={element} channels={channels} problems={inside} error={own('')} onChange={onChange} />
      );
    }
  }
}
