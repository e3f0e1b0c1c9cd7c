// Buttons, laid out as people will see them: rows of keys. The chosen key's settings stand below.
import { ActionIcon, Button as Press, Group, Text, Tooltip } from '@mantine/core';
import { IconAddressBook, IconExternalLink, IconMessage, IconPlus, IconShoppingCart } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { Button, ButtonKind, ElementOf } from '../shapes.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { ButtonForm } from './button-form.tsx';
import classes from './composer.module.css';
import { newButton, withoutButton } from './elements.ts';
import { buttonProblems } from './problems.ts';

const ICONS = {
  link: IconExternalLink,
  message: IconMessage,
  buy: IconShoppingCart,
  contact: IconAddressBook,
} as const satisfies Record<ButtonKind, unknown>;
/** The most a message can hold in one row. */
const WIDEST = 8;

interface Props {
  element: ElementOf<'buttons'>;
  onChange: (element: ElementOf<'buttons'>) => void;
  channels: readonly ChannelInfo[];
  /** Sentences by `<button id>.<field>`. */
  problems: Readonly<Record<string, string>>;
  error?: string | undefined;
}

export function ButtonsEditor({ element, onChange, channels, problems, error }: Props) {
  const { t } = useTranslation('wizard');
  const all = element.rows.flat();
  const [openId, setOpenId] = useState<string | null>(all.length === 1 && all[0]?.label === '' ? all[0].id : null);
  const perRow = Math.min(WIDEST, Math.max(1, ...channels.map((channel) => channel.capabilities.buttons.perRow)));
  const most = Math.max(1, ...channels.map((channel) => channel.capabilities.buttons.max));
  const kinds = (['link', 'message', 'buy', 'contact'] as const).filter((kind) =>
    channels.some((channel) => channel.capabilities.buttons.kinds.includes(kind)),
  );
  const full = all.length >= most;
  const setRows = (rows: Button[][]) => onChange({ ...element, rows });

  const add = (rowIndex: number | null) => {
    const button = newButton(kinds[0] ?? 'link');
    setRows(
      rowIndex === null
        ? [...element.rows, [button]]
        : element.rows.map((row, index) => (index === rowIndex ? [...row, button] : row)),
    );
    setOpenId(button.id);
  };
  const replace = (button: Button) =>
    setRows(element.rows.map((row) => row.map((one) => (one.id === button.id ? button : one))));

  const rowOf = (id: string) => element.rows.findIndex((row) => row.some((button) => button.id === id));
  /** To a neighbouring row, or a row of its own beyond the ends. */
  const moveRow = (button: Button, by: -1 | 1) => {
    const from = rowOf(button.id);
    const alone = element.rows[from]?.length === 1;
    const rows = element.rows.map((row) => row.filter((one) => one.id !== button.id));
    const target = from + by;
    const neighbour = rows[target];
    if (alone && neighbour) neighbour.push(button);
    else rows.splice(by === -1 ? from : from + 1, 0, [button]);
    setRows(rows.filter((row) => row.length > 0));
  };
  const moveInRow = (button: Button, by: -1 | 1) =>
    setRows(
      element.rows.map((row) => {
        const index = row.findIndex((one) => one.id === button.id);
        const other = row[index + by];
        return index < 0 || !other
          ? row
          : row.map((one, at) => (at === index ? other : at === index + by ? button : one));
      }),
    );

  const opened = all.find((button) => button.id === openId);
  const openRow = opened ? (element.rows[rowOf(opened.id)] ?? []) : [];
  return (
    <div>
      <div className={classes.keys}>
        {element.rows.map((row, rowIndex) => (
          <div key={row[0]?.id ?? rowIndex} className={classes.keyRow}>
            {row.map((button) => {
              const Icon = ICONS[button.kind];
              const wrong = buttonProblems(button).some((problem) => problems[problem.path] !== undefined);
              return (
                <button
                  key={button.id}
                  type="button"
                  className={classes.key}
                  aria-expanded={button.id === openId}
                  data-wrong={wrong || undefined}
                  onClick={() => setOpenId(button.id === openId ? null : button.id)}
                >
                  <Icon size={15} stroke={1.7} aria-hidden />
                  {button.label || t('buttons.unnamed')}
                </button>
              );
            })}
            {row.length < perRow && !full && (
              <Tooltip label={t('buttons.addBeside')}>
                <ActionIcon
                  variant="default"
                  size={38}
                  aria-label={t('buttons.addBeside')}
                  onClick={() => add(rowIndex)}
                >
                  <IconPlus size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
        ))}
      </div>
      <Group mt={8} gap="sm">
        <Press
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={full}
          onClick={() => add(null)}
        >
          {t('buttons.addRow')}
        </Press>
        {full && (
          <Text size="xs" c="dimmed">
            {t('buttons.full', { count: most })}
          </Text>
        )}
        {error && <ErrorLine size="xs">{error}</ErrorLine>}
      </Group>
      {opened && (
        <ButtonForm
          key={opened.id}
          button={opened}
          kinds={kinds}
          channels={channels}
          problems={problems}
          place={{
            row: rowOf(opened.id),
            rows: element.rows.length,
            index: openRow.findIndex((one) => one.id === opened.id),
            inRow: openRow.length,
          }}
          onChange={replace}
          onMoveInRow={(by) => moveInRow(opened, by)}
          onMoveRow={(by) => moveRow(opened, by)}
          onRemove={() => {
            setRows(withoutButton(element.rows, opened.id));
            setOpenId(null);
          }}
        />
      )}
    </div>
  );
}
