// The draft's name, whether it is saved, the test, the way out.
import { ActionIcon, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconSend, IconX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { SavedIndicator } from '../../ui/saved-indicator.tsx';
import type { SaveState as Shown } from '../../ui/saved-indicator.tsx';
import type { SaveState } from './saver.ts';
import { TestDialog } from './test-dialog.tsx';
import type { EditedDraft } from './use-draft.ts';
import classes from './wizard.module.css';

const NAME_LIMIT = 120;

function shownState(state: SaveState): Shown {
  switch (state.kind) {
    case 'saved':
      return state.at === null ? { kind: 'idle' } : { kind: 'saved', at: state.at };
    case 'waiting':
    case 'saving':
      return { kind: 'saving' };
    case 'retrying':
      return { kind: 'failed' };
    case 'held':
    case 'refused':
    case 'conflict':
      return { kind: 'idle' };
  }
}

interface Props {
  edited: EditedDraft;
  showProblems: boolean;
  channels: readonly ChannelInfo[];
}

export function WizardHead({ edited, showProblems, channels }: Props) {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const [testing, setTesting] = useState(false);
  const [left, setLeft] = useState(false);
  const { name } = edited.draft;
  const error =
    name.trim() === '' && (left || showProblems)
      ? t('name.missing')
      : name.length >= NAME_LIMIT
        ? t('name.long')
        : undefined;
  return (
    <header className={classes.head}>
      <TextInput
        className={classes.name}
        aria-label={t('name.label')}
        description={error ? undefined : t('name.help')}
        inputWrapperOrder={['input', 'description', 'error']}
        value={name}
        maxLength={NAME_LIMIT}
        error={error}
        onFocus={(event) => event.currentTarget.value === t('name.default') && event.currentTarget.select()}
        onBlur={() => {
          setLeft(true);
          void edited.flush();
        }}
        onChange={(event) => edited.change({ name: event.currentTarget.value })}
      />
      <Group gap="sm" wrap="nowrap">
        <SavedIndicator state={shownState(edited.state)} />
        {edited.state.kind === 'held' && (
          <Text size="sm" c="dimmed">
            {t('series.unsaved')}
          </Text>
        )}
        {edited.state.kind === 'refused' && (
          <ErrorLine>{t('saved.refused', { reason: edited.state.message })}</ErrorLine>
        )}
        <Button
          variant="default"
          leftSection={<IconSend size={16} stroke={1.7} aria-hidden />}
          disabled={channels.length === 0}
          onClick={() => setTesting(true)}
        >
          {t('test.open')}
        </Button>
        <Tooltip label={t('close')}>
          <ActionIcon aria-label={t('close')} onClick={() => void navigate({ to: '/mailings' })}>
            <IconX size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <TestDialog opened={testing} onClose={() => setTesting(false)} edited={edited} />
    </header>
  );
}
