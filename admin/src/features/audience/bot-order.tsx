// The chosen bots in the order in which they are tried: reordered by drag, by arrow buttons, or by Alt and an arrow key.
import { closestCenter, DndContext, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core';
import type { DragEndEvent } from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { ActionIcon, Group, Paper, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { moved } from '../composer/elements.ts';

interface Props {
  bots: readonly { id: string; name: string }[];
  onChange: (ids: string[]) => void;
}

export default function BotOrder({ bots, onChange }: Props) {
  const { t } = useTranslation('wizard');
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const ids = bots.map((bot) => bot.id);
  const move = (from: number, to: number) => to >= 0 && to < ids.length && onChange(moved(ids, from, to));
  const nameOf = (id: unknown) => bots.find((bot) => bot.id === id)?.name ?? '';
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (over && active.id !== over.id) move(ids.indexOf(String(active.id)), ids.indexOf(String(over.id)));
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={onDragEnd}
      accessibility={{
        screenReaderInstructions: { draggable: t('drag.how') },
        announcements: {
          onDragStart: ({ active }) => t('drag.start', { name: nameOf(active.id) }),
          onDragOver: ({ active, over }) =>
            over ? t('drag.over', { name: nameOf(active.id), target: nameOf(over.id) }) : undefined,
          onDragEnd: ({ active, over }) =>
            over ? t('drag.end', { name: nameOf(active.id), target: nameOf(over.id) }) : undefined,
          onDragCancel: ({ active }) => t('drag.cancel', { name: nameOf(active.id) }),
        },
      }}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <Paper withBorder p={4} component="ol" m={0} aria-label={t('via.order')} style={{ listStyle: 'none' }}>
          {bots.map((bot, index) => (
            <BotRow key={bot.id} {...bot} index={index} count={bots.length} onMove={(by) => move(index, index + by)} />
          ))}
        </Paper>
      </SortableContext>
    </DndContext>
  );
}

interface RowProps {
  id: string;
  name: string;
  /** From 0. */
  index: number;
  count: number;
  onMove: (by: -1 | 1) => void;
}

function BotRow({ id, name, index, count, onMove }: RowProps) {
  const { t } = useTranslation('wizard');
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition } = useSortable({ id });
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <Group
      component="li"
      ref={setNodeRef}
      wrap="nowrap"
      gap="xs"
      bg="var(--herald-surface)"
      style={{ transform: CSS.Translate.toString(transform), transition }}
      onKeyDown={onKeyDown}
    >
      <ActionIcon
        ref={setActivatorNodeRef}
        style={{ cursor: 'grab', touchAction: 'none' }}
        {...attributes}
        {...listeners}
        aria-label={t('via.drag', { name })}
        title={t('element.dragHint')}
      >
        <IconGripVertical size={16} aria-hidden />
      </ActionIcon>
      <Text size="sm" flex={1} miw={0}>
        {`${index + 1}. ${name}`}
      </Text>
      <ActionIcon aria-label={t('via.up', { name })} disabled={index === 0} onClick={() => onMove(-1)}>
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon aria-label={t('via.down', { name })} disabled={index === count - 1} onClick={() => onMove(1)}>
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
