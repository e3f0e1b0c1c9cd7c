// Step 1: what is said. One message for all messengers or one for each, with previews beside it and every loss named.
import { Alert, Button, Drawer, Paper, Stack, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, ChannelInfo } from '../../../../src/http/api/bots.ts';
import { Composer } from '../../features/composer/composer.tsx';
import { hasContent } from '../../features/composer/elements.ts';
import { messageProblems } from '../../features/composer/problems.ts';
import { TemplatePicker } from '../../features/composer/template-picker.tsx';
import { LivePreview } from '../../features/preview/live-preview.tsx';
import { usePreview } from '../../features/preview/use-preview.ts';
import type { Content, Message, Template } from '../../features/shapes.ts';
import { EVERY_CHANNEL } from '../../features/shapes.ts';
import { ChannelNotes } from './channel-notes.tsx';
import { SyncControls } from './sync-controls.tsx';
import type { EditedDraft } from './use-draft.ts';
import classes from './wizard.module.css';

interface Props {
  edited: EditedDraft;
  channels: readonly ChannelInfo[];
  bots: readonly Bot[];
  showProblems: boolean;
}

export function MessageStep({ edited, channels, bots, showProblems }: Props) {
  const { t } = useTranslation('wizard');
  const { content } = edited.draft;
  const [tab, setTab] = useState(channels[0]?.name ?? '');
  /** Counts replacements of the text from outside its editor, which then starts anew. */
  const [generation, setGeneration] = useState(0);
  const [subscriber, setSubscriber] = useState<string | null>(null);
  const [previewOpen, preview] = useDisclosure(false);
  const shown = channels.some((channel) => channel.name === tab) ? tab : (channels[0]?.name ?? '');
  const variant = content.synchronised ? EVERY_CHANNEL : shown;
  const message = content.variants[variant];
  const served = content.synchronised ? channels : channels.filter((channel) => channel.name === shown);
  const answer = usePreview(
    content,
    channels.map((channel) => channel.name),
    subscriber,
  );

  const setMessage = (next: Message) =>
    edited.change({ content: { ...content, variants: { ...content.variants, [variant]: next } } });
  const replace = (next: Content) => {
    edited.change({ content: next });
    setGeneration(generation + 1);
  };
  const templated = served.flatMap((channel) => {
    const bot = bots.find((one) => one.channel === channel.name);
    const { window } = channel.capabilities;
    return bot && window?.outside === 'template' && channel.templates ? [{ channel, bot }] : [];
  });
  const setTemplate = (channel: string, template: Template | undefined) => {
    const { [channel]: _, ...others } = content.templates ?? {};
    edited.change({ content: { ...content, templates: template ? { ...others, [channel]: template } : others } });
  };
  const problems = showProblems
    ? Object.fromEntries(
        messageProblems(message).map(({ path, key, label }) => [
          path,
          t(`problem.${key}`, { label: label || t('buttons.unnamed') }),
        ]),
      )
    : {};
  const empty = showProblems && !hasContent(message);
  const live = (
    <LivePreview
      preview={answer}
      subscriber={subscriber}
      onSubscriber={setSubscriber}
      channels={channels}
      shown={shown}
      onShow={setTab}
      senders={Object.fromEntries(bots.toReversed().map((bot) => [bot.channel, bot.name]))}
    />
  );

  return (
    <div className={classes.columns}>
      <Stack gap="md" miw={0}>
        <SyncControls content={content} channels={channels} shown={shown} onReplace={replace} />
        {!content.synchronised && (
          <Tabs value={shown} onChange={(value) => value && setTab(value)}>
            <Tabs.List aria-label={t('preview.messenger')}>
              {channels.map((channel) => (
                <Tabs.Tab key={channel.name} value={channel.name} aria-controls={undefined}>
                  {channel.title}
                  {hasContent(content.variants[channel.name]) ? <span aria-label={t('sync.written')}> ●</span> : null}
                </Tabs.Tab>
              ))}
            </Tabs.List>
          </Tabs>
        )}
        {empty && (
          <Alert color="red" role="alert" tabIndex={-1} data-empty-message>
            {t('problem.empty', { channel: content.synchronised ? t('sync.all') : served[0]?.title })}
          </Alert>
        )}
        <Composer
          key={`${variant} ${generation}`}
          message={message}
          onChange={setMessage}
          channels={served}
          problems={problems}
        />
        {templated.map(({ channel, bot }) => (
          <TemplatePicker
            key={channel.name}
            channel={channel}
            bot={bot}
            value={content.templates?.[channel.name]}
            onChange={(template) => setTemplate(channel.name, template)}
          />
        ))}
        <ChannelNotes
          items={served.flatMap((channel) => answer.item(channel.name) ?? [])}
          channels={channels}
          showErrors={hasContent(message)}
        />
        <Button
          hiddenFrom="md"
          variant="default"
          leftSection={<IconEye size={16} aria-hidden />}
          onClick={preview.open}
        >
          {t('preview.title')}
        </Button>
      </Stack>
      <Paper
        className={`${classes.beside} ${classes.previewColumn}`}
        withBorder
        radius="lg"
        p="md"
        bg="var(--herald-surface)"
      >
        {live}
      </Paper>
      <Drawer
        opened={previewOpen}
        onClose={preview.close}
        position="bottom"
        size="85%"
        title={t('preview.title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {live}
      </Drawer>
    </div>
  );
}
