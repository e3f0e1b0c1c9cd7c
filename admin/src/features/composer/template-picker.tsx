// What people get on a messenger that lets through only approved templates once they have been silent for a while: which
// template, and what stands in its place-holders.
import { ActionIcon, Loader, Popover, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, ChannelInfo } from '../../../../src/http/api/bots.ts';
import { errorText } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import type { Template } from '../shapes.ts';
import classes from './composer.module.css';
import { VariableForm } from './variable-form.tsx';

interface Props {
  channel: ChannelInfo;
  /** Whose templates they are. */
  bot: Bot;
  value: Template | undefined;
  onChange: (template: Template | undefined) => void;
}

const idOf = ({ name, language }: Pick<Template, 'name' | 'language'>): string => `${name} ${language}`;

export function TemplatePicker({ channel, bot, value, onChange }: Props) {
  const { t } = useTranslation('wizard');
  const known = useQuery(queries.templates(bot.id));
  const items = known.data?.items ?? [];
  const chosen = value && items.find((item) => idOf(item) === idOf(value));
  const hours = channel.capabilities.window?.hours ?? 0;
  const choose = (id: string | null) => {
    const item = items.find((one) => idOf(one) === id);
    if (!item) return onChange(undefined);
    const { name, language, parameters } = item;
    const kept = value?.parameters ?? [];
    onChange({ name, language, parameters: Array.from({ length: parameters }, (_, index) => kept[index] ?? '') });
  };
  const fill = (index: number, text: string) =>
    value && onChange({ ...value, parameters: value.parameters.with(index, text) });

  return (
    <Stack
      gap="sm"
      component="section"
      className={classes.template}
      aria-label={t('template.of', { channel: channel.title })}
    >
      <div className={classes.templateHead}>
        <ChannelMark channel={channel} size={28} />
        <div>
          <Text fw={600} size="sm">
            {t('template.title', { channel: channel.title, count: hours })}
          </Text>
          <Text size="sm" c="dimmed">
            {t(value ? 'template.with' : 'template.without')}
          </Text>
        </div>
      </div>
      <Select
        label={t('template.choose')}
        placeholder={t(known.isSuccess && items.length === 0 ? 'template.none' : 'template.placeholder')}
        data={optionsOf(items, value)}
        value={value ? idOf(value) : null}
        onChange={choose}
        disabled={known.isSuccess && items.length === 0 && !value}
        rightSection={known.isLoading ? <Loader size={16} aria-hidden /> : undefined}
        error={known.isError ? errorText(known.error) : undefined}
        clearable
        searchable
      />
      {chosen && (
        <Text size="sm" className={classes.templateText} dir="auto">
          {chosen.text}
        </Text>
      )}
      {value?.parameters.map((text, index) => (
        <Parameter
          key={index}
          label={t('template.parameter', { number: index + 1 })}
          value={text}
          onChange={(next) => fill(index, next)}
        />
      ))}
    </Stack>
  );
}

/** A template that the platform no longer lists stays visible as the one that is set. */
const optionsOf = (items: readonly { name: string; language: string }[], value: Template | undefined) => {
  const all = value && !items.some((item) => idOf(item) === idOf(value)) ? [value, ...items] : items;
  return all.map((item) => ({ value: idOf(item), label: `${item.name} · ${item.language}` }));
};

function Parameter({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('wizard');
  const [opened, setOpened] = useState(false);
  return (
    <TextInput
      label={label}
      value={value}
      maxLength={1000}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSectionWidth={40}
      rightSection={
        <Popover
          opened={opened}
          onChange={setOpened}
          trapFocus
          returnFocus
          position="bottom-end"
          shadow="md"
          width={280}
        >
          <Popover.Target>
            <ActionIcon
              aria-label={t('variable.insert')}
              title={t('variable.insert')}
              onClick={() => setOpened(!opened)}
            >
              <IconBraces size={16} stroke={1.5} aria-hidden />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown aria-label={t('variable.insert')}>
            <VariableForm
              onInsert={(variable) => {
                onChange(value + variable);
                setOpened(false);
              }}
            />
          </Popover.Dropdown>
        </Popover>
      }
    />
  );
}
