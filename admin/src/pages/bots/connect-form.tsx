// The credentials of one messenger. As soon as they have the right shape the platform is asked who they belong to, so the
// name and picture are seen before anything is saved.
import { Alert, Anchor, Button, Collapse, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, BotCheck, ChannelInfo } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { BotPicture } from '../../ui/bot-picture.tsx';
import { ChannelMark } from '../../ui/channel-mark.tsx';
import { formatUsername } from '../../ui/format.ts';
import { CredentialInputs } from './credential-inputs.tsx';
import { filledIn, isComplete } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { StepList } from './step-list.tsx';

const TYPING_MS = 500;

interface Props {
  channel: ChannelInfo;
  onBack: () => void;
  onConnected: (bot: Bot) => void;
}

export function ConnectForm({ channel, onBack, onConnected }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [credentials, setCredentials] = useState<Credentials>({});
  const [name, setName] = useState('');
  const [apiRoot, setApiRoot] = useState('');
  const [advanced, advancedToggle] = useDisclosure(false);
  const body = {
    channel: channel.name,
    credentials: filledIn(credentials),
    ...(name.trim() ? { name: name.trim() } : {}),
    ...(apiRoot.trim() ? { apiRoot: apiRoot.trim() } : {}),
  };
  const hasKeys = channel.credentials.length > 0;
  const complete = isComplete(channel.credentials, credentials);
  const [asked] = useDebouncedValue(
    JSON.stringify({ channel: channel.name, credentials: body.credentials, apiRoot: body.apiRoot }),
    TYPING_MS,
  );
  const check = useQuery({
    queryKey: ['bot-check', asked],
    queryFn: ({ signal }) => api.bots.check(JSON.parse(asked), signal),
    enabled: hasKeys && complete,
    retry: false,
    staleTime: 30_000,
    gcTime: 0,
  });
  const create = useMutation({
    mutationFn: api.bots.create,
    onSuccess: (bot) => {
      void client.invalidateQueries({ queryKey: keys.bots });
      onConnected(bot);
    },
  });
  const error = create.error ?? (complete ? check.error : null);
  const errors = fieldErrors(error);
  const general = error && Object.keys(errors).every((path) => !path.startsWith('credentials') && path !== 'apiRoot');

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) create.mutate(body);
      }}
      noValidate
    >
      <Stack gap="md">
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          <Group gap={4} component="span">
            <IconArrowLeft size={14} aria-hidden />
            {t('connect.other')}
          </Group>
        </Anchor>
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <ChannelMark channel={channel} size={36} />
          <Text size="sm" c="dimmed" miw={0}>
            {channel.help}
          </Text>
        </Group>
        <StepList title={t('connect.where')} steps={channel.where} />
        {channel.policy && (
          <Text size="sm" c="dimmed">
            {channel.policy}
          </Text>
        )}
        <CredentialInputs fields={channel.credentials} values={credentials} onChange={setCredentials} errors={errors} />
        {!hasKeys && (
          <TextInput
            label={t('bot.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={errors.name}
          />
        )}
        <CheckResult busy={check.isFetching} answer={complete && !check.isFetching ? check.data : undefined} />
        {general && (
          <Alert color="red" role="alert">
            {errorText(error)}
          </Alert>
        )}
        {hasKeys && (
          <div>
            <Anchor component="button" type="button" size="sm" aria-expanded={advanced} onClick={advancedToggle.toggle}>
              {t('connect.advanced')}
            </Anchor>
            <Collapse expanded={advanced}>
              <TextInput
                mt="sm"
                label={t('connect.apiRoot')}
                description={t('connect.apiRootHelp')}
                value={apiRoot}
                onChange={(event) => setApiRoot(event.currentTarget.value)}
                error={errors.apiRoot}
                placeholder="https://"
              />
            </Collapse>
          </div>
        )}
        <Button type="submit" disabled={!complete || (hasKeys && !check.data)} loading={create.isPending}>
          {check.data ? t('connect.buttonOf', { name: check.data.name }) : t('bots.connect')}
        </Button>
      </Stack>
    </form>
  );
}

function CheckResult({ busy, answer }: { busy: boolean; answer: BotCheck | undefined }) {
  const { t } = useTranslation();
  return (
    <div aria-live="polite">
      {busy && (
        <Group gap="xs">
          <Loader size={16} aria-hidden />
          <Text size="sm">{t('connect.checking')}</Text>
        </Group>
      )}
      {answer && (
        <Group gap="sm" wrap="nowrap">
          <BotPicture name={answer.name} picture={answer.picture} />
          <Stack gap={0} miw={0}>
            <Text fw={600}>{answer.name}</Text>
            <Text size="sm" c="dimmed">
              {answer.username ? formatUsername(answer.username) : t('connect.found')}
            </Text>
          </Stack>
        </Group>
      )}
    </div>
  );
}
