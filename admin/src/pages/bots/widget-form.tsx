// How the website chat looks, and which sites may carry it.
import { Button, ColorInput, Group, Stack, TagsInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, BotPatch } from '../../../../src/http/api/bots.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { ErrorLine } from '../../ui/error-line.tsx';

type Widget = NonNullable<Bot['widget']>;
const SWATCHES = ['#3b5bdb', '#0b7285', '#2b8a3e', '#a61e4d', '#862e9c', '#d9480f', '#343a40'];

interface Props {
  widget: Widget;
  onSave: (widget: NonNullable<BotPatch['widget']>) => Promise<unknown>;
}

export function WidgetForm({ widget, onSave }: Props) {
  const { t } = useTranslation();
  const [title, setTitle] = useState(widget.title);
  const [color, setColor] = useState(widget.color);
  const [origins, setOrigins] = useState(widget.origins);
  const save = useMutation({ mutationFn: onSave });
  const errors = fieldErrors(save.error);
  const originError = Object.entries(errors).find(([path]) => path.startsWith('widget.origins'))?.[1];
  const changed = title !== widget.title || color !== widget.color || origins.join() !== widget.origins.join();
  return (
    <Stack gap="sm" mt="md">
      <TextInput
        label={t('widget.name')}
        value={title}
        maxLength={60}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={errors['widget.title']}
      />
      <ColorInput
        label={t('widget.color')}
        value={color}
        onChange={setColor}
        format="hex"
        swatches={SWATCHES}
        error={errors['widget.color']}
        eyeDropperButtonProps={{ 'aria-label': t('widget.pick') }}
        withEyeDropper={false}
      />
      <TagsInput
        label={t('widget.origins')}
        description={t('widget.originsHelp')}
        placeholder={origins.length === 0 ? 'https://shop.example' : ''}
        value={origins}
        onChange={setOrigins}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        error={originError}
      />
      {save.isError && Object.keys(errors).length === 0 && <ErrorLine>{errorText(save.error)}</ErrorLine>}
      <Group gap="sm">
        <Button
          variant="default"
          disabled={!changed}
          loading={save.isPending}
          onClick={() => save.mutate({ title, color, origins })}
        >
          {t('action.save')}
        </Button>
        <Button component="a" href="/demo" target="_blank" rel="noreferrer" variant="subtle">
          {t('widget.demo')}
        </Button>
      </Group>
    </Stack>
  );
}
