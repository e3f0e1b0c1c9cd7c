// Replaces a bot's credentials: shown only by their last characters, checked with the platform before they replace the old.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, ChannelInfo } from '../../../../src/http/api/bots.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { toast } from '../../ui/toast.tsx';
import { CredentialInputs } from './credential-inputs.tsx';
import { filledIn } from './credentials.ts';
import type { Credentials } from './credentials.ts';

interface Props {
  bot: Bot;
  channel: ChannelInfo;
  /** Nothing to look at first: they are refused. */
  startEditing?: boolean;
  onSave: (credentials: Credentials) => Promise<unknown>;
}

export function CredentialsForm({ bot, channel, startEditing = false, onSave }: Props) {
  const { t } = useTranslation();
  const [editing, edit] = useDisclosure(startEditing);
  const [values, setValues] = useState<Credentials>({});
  const save = useMutation({
    mutationFn: onSave,
    onSuccess: () => {
      edit.close();
      setValues({});
      toast(t('bot.credentialsSaved'));
    },
  });
  if (!editing) {
    return (
      <Stack gap={4}>
        {channel.credentials.map((field) => (
          <Text key={field.key} size="sm">
            {field.label}: <span className="figures">{bot.secrets[field.key] ?? '–'}</span>
          </Text>
        ))}
        <Anchor component="button" type="button" size="sm" onClick={edit.open} ta="start">
          {t('bot.replace')}
        </Anchor>
      </Stack>
    );
  }
  const errors = fieldErrors(save.error);
  const changed = filledIn(values);
  return (
    <Stack gap="sm">
      <CredentialInputs
        fields={channel.credentials}
        values={values}
        onChange={setValues}
        errors={errors}
        kept={bot.secrets}
      />
      {save.isError && Object.keys(errors).length === 0 && <ErrorLine>{errorText(save.error)}</ErrorLine>}
      <Group gap="xs">
        <Button
          disabled={Object.keys(changed).length === 0}
          loading={save.isPending}
          onClick={() => save.mutate(changed)}
        >
          {t('bot.replaceButton')}
        </Button>
        {!startEditing && (
          <Button variant="default" onClick={edit.close}>
            {t('action.cancel')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
