// Name, clock and public address of the workspace.
import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Workspace } from '../../../../src/http/api/session.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { ErrorLine } from '../../ui/error-line.tsx';
import { ZoneSelect } from '../../ui/zone-select.tsx';
import { useSaveWorkspace } from './use-save-workspace.ts';

const isAddress = (text: string): boolean => text === '' || (/^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text));

export function WorkspaceForm({ workspace, disabled }: { workspace: Workspace; disabled: boolean }) {
  const { t } = useTranslation();
  const { name, timeZone, publicUrl } = workspace;
  const form = useForm({
    initialValues: { name, timeZone, publicUrl: publicUrl ?? '' },
    validateInputOnBlur: true,
    validate: {
      name: (value) => (value.trim() ? null : t('setup.workspaceMissing')),
      publicUrl: (value) => (isAddress(value.trim()) ? null : t('settings.publicUrlShape')),
    },
  });
  const save = useSaveWorkspace();
  const submit = form.onSubmit((values) =>
    save.mutate(
      { name: values.name.trim(), timeZone: values.timeZone, publicUrl: values.publicUrl.trim() || null },
      {
        onSuccess: (saved) => {
          const shown = { name: saved.name, timeZone: saved.timeZone, publicUrl: saved.publicUrl ?? '' };
          form.setInitialValues(shown);
          form.setValues(shown);
        },
        onError: (error) => form.setErrors(fieldErrors(error)),
      },
    ),
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
          {save.isError && Object.keys(fieldErrors(save.error)).length === 0 && (
            <ErrorLine>{errorText(save.error)}</ErrorLine>
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
