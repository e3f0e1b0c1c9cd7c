// The frame around one element: a handle to drag it, the same moves by keyboard and menu, and its menu.
import { ActionIcon, Box, Menu } from '@mantine/core';
import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconGripVertical, IconTrash } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ElementKind } from '../shapes.ts';
import classes from './composer.module.css';

interface Props {
  id: string;
  kind: ElementKind;
  /** From 0. */
  index: number;
  count: number;
  onMove: (by: -1 | 1) => void;
  onDuplicate: () => void;
  onRemove: () => void;
  children: ReactNode;
}

export function ElementRow({ id, kind, index, count, onMove, onDuplicate, onRemove, children }: Props) {
  const { t } = useTranslation('wizard');
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
  });
  const name = t('element.numbered', { kind: t(`element.${kind}`), number: index + 1 });
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <Box
      component="li"
      ref={setNodeRef}
      className={isDragging ? `${classes.element} ${classes.lifted}` : classes.element}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      onKeyDown={onKeyDown}
      aria-label={name}
    >
      <div className={classes.head}>
        <ActionIcon
          ref={setActivatorNodeRef}
          className={classes.handle}
          size="md"
          {...attributes}
          {...listeners}
          aria-label={t('element.drag', { name })}
          title={t('element.dragHint')}
        >
          <IconGripVertical size={16} aria-hidden />
        </ActionIcon>
        <span style={{ flex: 1 }}>{t(`element.${kind}`)}</span>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon size="md" aria-label={t('element.menu', { name })}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconArrowUp size={16} aria-hidden />}
              disabled={index === 0}
              onClick={() => onMove(-1)}
            >
              {t('element.moveUp')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowDown size={16} aria-hidden />}
              disabled={index === count - 1}
              onClick={() => onMove(1)}
            >
              {t('element.moveDown')}
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={onDuplicate}>
              {t('element.duplicate')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
              {t('element.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={classes.body}>{children}</div>
    </Box>
  );
}
