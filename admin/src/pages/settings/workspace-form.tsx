// Name, clock, public address, and the two brakes before a mailing: the hold and the typed confirmation.
import { Button, Group, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Session, Workspace } from '../../../../src/http/api/session.ts';
import { api } from '../../api/api.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { toast } from '../../ui/toast.tsx';
import { ZoneSelect } from '../../ui/zone-select.tsx';

const LONGEST_HOLD_SECONDS = 60;

const isAddress = (text: string): boolean => text === '' || (/^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text));

export function WorkspaceForm({ workspace, disabled }: { workspace: Workspace; disabled: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({
    initialValues: { ...workspace, publicUrl: workspace.publicUrl ?? '' },
    validateInputOnBlur: true,
    validate: {
      name: (value) => (value.trim() ? null : t('setup.workspaceMissing')),
      publicUrl: (value) => (isAddress(value.trim()) ? null : t('settings.publicUrlShape')),
    },
  });
  const save = useMutation({
    mutationFn: api.workspace.patch,
    onSuccess: (saved) => {
      client.setQueryData<Session>(keys.session, (session) => session && { ...session, workspace: saved });
      const values = { ...saved, publicUrl: saved.publicUrl ?? '' };
      form.setInitialValues(values);
      form.setValues(values);
      toast(t('settings.saved'));
      void client.invalidateQueries({ queryKey: keys.bots });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const submit = form.onSubmit(({ name, timeZone, publicUrl, holdSeconds, confirmFrom }) =>
    save.mutate({
      name: name.trim(),
      timeZone,
      publicUrl: publicUrl.trim() || null,
      holdSeconds: Number(holdSeconds),
      confirmFrom: Number(confirmFrom),
    }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={disabled} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <TextInput label={t('setup.workspace')} {...form.getInputProps('name')} />
            <ZoneSelect label={t('setup.zone')} {...form.getInputProps('timeZone')} />
          </SimpleGrid>
          <TextInput
            label={t('settings.publicUrl')}
            description={t('settings.publicUrlHelp')}
            placeholder="https://herald.example.com"
            {...form.getInputProps('publicUrl')}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <NumberInput
              label={t('settings.hold')}
              description={t('settings.holdHelp')}
              min={0}
              max={LONGEST_HOLD_SECONDS}
              allowDecimal={false}
              {...form.getInputProps('holdSeconds')}
            />
            <NumberInput
              label={t('settings.confirmFrom')}
              description={t('settings.confirmFromHelp')}
              min={1}
              allowDecimal={false}
              thousandSeparator=" "
              {...form.getInputProps('confirmFrom')}
            />
          </SimpleGrid>
          {save.isError && Object.keys(fieldErrors(save.error)).length === 0 && (
            <Text size="sm" c="red" role="alert">
              {errorText(save.error)}
            </Text>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              {t('action.save')}
            </Button>
          </Group>
        </Stack>
      </fieldset>
    </form>
  );
}
