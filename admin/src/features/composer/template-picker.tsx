// What people get on a messenger that lets through only approved templates once they have been silent for a while: which
// template, from the platform's list or, where that cannot be read, written by hand; and what is filled in.
import { Loader, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Bot, ChannelInfo, TemplateInfo } from '../../../../src/http/api/bots.ts';
import { errorText } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import type { Template } from '../shapes.ts';
import classes from './composer.module.css';
import { TemplateByHand } from './template-by-hand.tsx';
import { TemplateEnd, TemplateParameter } from './template-fields.tsx';

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
    onChange(item && filledFrom(item, value));
  };

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
      {known.isError ? (
        <>
          <Text size="sm" aria-live="polite">
            {t('template.unread', { reason: errorText(known.error) })}
          </Text>
          <TemplateByHand value={value} onChange={onChange} />
        </>
      ) : (
        <Select
          label={t('template.choose')}
          placeholder={t(known.isSuccess && items.length === 0 ? 'template.none' : 'template.placeholder')}
          data={optionsOf(items, value, (state) => t(`template.state.${state}`))}
          value={value ? idOf(value) : null}
          onChange={choose}
          disabled={known.isSuccess && items.length === 0 && !value}
          rightSection={known.isLoading ? <Loader size={16} aria-hidden /> : undefined}
          clearable
          searchable
        />
      )}
      {chosen && (
        <Text size="sm" className={classes.templateText} dir="auto">
          {chosen.text}
        </Text>
      )}
      {value?.parameters.map((text, index) => (
        <TemplateParameter
          key={index}
          label={t('template.parameter', { number: index + 1 })}
          value={text}
          onChange={(next) => onChange({ ...value, parameters: value.parameters.with(index, next) })}
        />
      ))}
      {value && value.parameters.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('template.links')}
        </Text>
      )}
      {value?.buttons?.map((button, index, all) => (
        <TemplateEnd
          key={button.index}
          button={button}
          tracked={chosen?.buttons.find((one) => one.index === button.index)?.tracked ?? false}
          onChange={(end) => onChange({ ...value, buttons: all.with(index, { ...button, value: end }) })}
        />
      ))}
      {chosen && chosen.fixedLinks > 0 && (
        <Text size="xs" c="dimmed">
          {t('template.fixed', { count: chosen.fixedLinks })}
        </Text>
      )}
    </Stack>
  );
}

/** The chosen template with what was filled in before, as far as it fits. */
function filledFrom({ name, language, parameters, buttons }: TemplateInfo, before: Template | undefined): Template {
  const filled: Template = {
    name,
    language,
    parameters: Array.from({ length: parameters }, (_, index) => before?.parameters[index] ?? ''),
  };
  if (buttons.length === 0) return filled;
  const valueAt = (place: number): string => before?.buttons?.find(({ index }) => index === place)?.value ?? '';
  return {
    ...filled,
    buttons: buttons.map(({ index, label, base }) => ({ index, label, base, value: valueAt(index) })),
  };
}

/** A template that the platform no longer lists stays visible as the one that is set; one that cannot be sent says why. */
const optionsOf = (
  items: readonly TemplateInfo[],
  value: Template | undefined,
  words: (state: Exclude<TemplateInfo['state'], 'approved'>) => string,
) => {
  const gone = value && !items.some((item) => idOf(item) === idOf(value)) ? [value] : [];
  return [
    ...gone.map((item) => ({ value: idOf(item), label: `${item.name} · ${item.language}`, disabled: false })),
    ...items.map((item) => ({
      value: idOf(item),
      label: `${item.name} · ${item.language}${item.state === 'approved' ? '' : ` (${words(item.state)})`}`,
      disabled: item.state !== 'approved',
    })),
  ];
};
