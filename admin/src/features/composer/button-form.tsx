// The settings of one button: what it says, what it does, where it stands.
import {
  ActionIcon,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { Button, ButtonKind, ButtonOf } from '../shapes.ts';
import classes from './composer.module.css';
import { textLength } from './count.ts';
import { CURRENCIES, decimalsOf } from './currencies.ts';
import { changeKind } from './elements.ts';
import { plainText } from './runs.ts';
import { TagInput } from './tag-input.tsx';

interface Props {
  button: Button;
  kinds: readonly ButtonKind[];
  channels: readonly ChannelInfo[];
  problems: Readonly<Record<string, string>>;
  place: { row: number; rows: number; index: number; inRow: number };
  onChange: (button: Button) => void;
  onMoveInRow: (by: -1 | 1) => void;
  onMoveRow: (by: -1 | 1) => void;
  onRemove: () => void;
}

export function ButtonForm({
  button,
  kinds,
  channels,
  problems,
  place,
  onChange,
  onMoveInRow,
  onMoveRow,
  onRemove,
}: Props) {
  const { t } = useTranslation('wizard');
  const narrowest = channels.toSorted((a, b) => a.capabilities.buttons.label - b.capabilities.buttons.label)[0];
  const limit = narrowest?.capabilities.buttons.label ?? Infinity;
  const over = textLength(button.label, 'characters') - limit;
  const problem = (field: string) => problems[`${button.id}.${field}`];
  const moves = [
    { key: 'buttons.moveLeft', icon: IconArrowLeft, can: place.index > 0, run: () => onMoveInRow(-1) },
    { key: 'buttons.moveRight', icon: IconArrowRight, can: place.index < place.inRow - 1, run: () => onMoveInRow(1) },
    { key: 'buttons.moveUp', icon: IconArrowUp, can: place.row > 0 || place.inRow > 1, run: () => onMoveRow(-1) },
    {
      key: 'buttons.moveDown',
      icon: IconArrowDown,
      can: place.row < place.rows - 1 || place.inRow > 1,
      run: () => onMoveRow(1),
    },
  ] as const;
  return (
    <Stack
      gap="sm"
      className={classes.form}
      component="fieldset"
      aria-label={t('buttons.settings', { label: button.label || t('buttons.unnamed') })}
    >
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('buttons.kind')}
          value={button.kind}
          onChange={(kind) => onChange(changeKind(button, kind))}
          data={kinds.map((kind) => ({ value: kind, label: t(`buttons.${kind}`) }))}
        />
        <Group gap={2}>
          {moves.map(({ key, icon: Icon, can, run }) => (
            <ActionIcon key={key} size="md" aria-label={t(key)} title={t(key)} disabled={!can} onClick={run}>
              <Icon size={16} aria-hidden />
            </ActionIcon>
          ))}
          <ActionIcon
            size="md"
            color="red"
            aria-label={t('buttons.remove')}
            title={t('buttons.remove')}
            onClick={onRemove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      <TextInput
        label={t('buttons.label')}
        placeholder={t(`buttons.${button.kind}Example`)}
        value={button.label}
        maxLength={200}
        onChange={(event) => onChange({ ...button, label: event.currentTarget.value })}
        error={over > 0 ? t('buttons.labelOver', { channel: narrowest?.title, limit, count: over }) : problem('label')}
        data-autofocus
      />
      {button.kind === 'link' && (
        <TextInput
          label={t('buttons.address')}
          type="url"
          inputMode="url"
          placeholder="https://example.com"
          description={t('buttons.tracked')}
          value={button.url}
          maxLength={2000}
          onChange={(event) => onChange({ ...button, url: event.currentTarget.value.trim() })}
          error={problem('url')}
        />
      )}
      {button.kind === 'contact' && (
        <Text size="sm" c="dimmed">
          {t('buttons.contactWhy')}
        </Text>
      )}
      {button.kind === 'message' && <MessageFields button={button} onChange={onChange} error={problem('action')} />}
      {button.kind === 'buy' && (
        <ProductFields
          button={button}
          onChange={onChange}
          nameError={problem('product')}
          priceError={problem('price')}
        />
      )}
    </Stack>
  );
}

interface FieldsProps<Kind extends ButtonKind> {
  button: ButtonOf<Kind>;
  onChange: (button: Button) => void;
}

function MessageFields({ button, onChange, error }: FieldsProps<'message'> & { error: string | undefined }) {
  const { t } = useTranslation('wizard');
  const { reply: _reply, tag: _tag, ...rest } = button;
  const set = (reply: string, tag: string) =>
    onChange({ ...rest, ...(reply === '' ? {} : { reply: [{ text: reply }] }), ...(tag === '' ? {} : { tag }) });
  const reply = plainText(button.reply ?? []);
  const tag = button.tag ?? '';
  return (
    <>
      <Textarea
        label={t('buttons.reply')}
        description={t('buttons.replyWhy')}
        autosize
        minRows={2}
        maxRows={8}
        value={reply}
        error={error}
        onChange={(event) => set(event.currentTarget.value, tag)}
      />
      <TagInput label={t('buttons.tag')} value={tag} onChange={(value) => set(reply, value)} />
    </>
  );
}

function ProductFields({
  button,
  onChange,
  nameError,
  priceError,
}: FieldsProps<'buy'> & { nameError: string | undefined; priceError: string | undefined }) {
  const { t } = useTranslation('wizard');
  const { product } = button;
  const decimals = decimalsOf(product.currency);
  const [price, setPrice] = useState<number | string>(product.amount === 0 ? '' : product.amount / 10 ** decimals);
  const save = (value: number | string, currency: string) => {
    const amount = typeof value === 'number' ? Math.round(value * 10 ** decimalsOf(currency)) : 0;
    onChange({ ...button, product: { ...product, amount, currency } });
  };
  return (
    <>
      <TextInput
        label={t('buttons.product')}
        placeholder={t('buttons.productExample')}
        value={product.name}
        maxLength={200}
        error={nameError}
        onChange={(event) => onChange({ ...button, product: { ...product, name: event.currentTarget.value } })}
      />
      <Group grow align="flex-start" gap="sm">
        <NumberInput
          label={t('buttons.price')}
          value={price}
          min={0}
          max={9_999_999}
          decimalScale={decimals}
          hideControls
          error={priceError}
          onChange={(value) => {
            setPrice(value);
            save(value, product.currency);
          }}
        />
        <Select
          label={t('buttons.currency')}
          data={CURRENCIES.includes(product.currency) ? CURRENCIES : [product.currency, ...CURRENCIES]}
          value={product.currency}
          searchable
          allowDeselect={false}
          onChange={(currency) => currency && save(price, currency)}
        />
      </Group>
      <Text size="xs" c="dimmed">
        {t('buttons.buyWhy')}
      </Text>
    </>
  );
}
