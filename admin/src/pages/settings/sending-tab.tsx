// What holds for every mailing that says nothing else: the two brakes before it, quiet hours, how often one person may be
// written to.
import { Button, Group, NumberInput, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Workspace } from '../../../../src/http/api/session.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { CapFields } from '../../features/sending/cap-fields.tsx';
import { QuietFields } from '../../features/sending/quiet-fields.tsx';
import { NEW_CAP, NEW_QUIET, problemAt } from '../../features/sending/rules.ts';
import { Panel } from '../../ui/panel.tsx';
import { useSession } from '../../ui/use-session.ts';
import { useSaveWorkspace } from './use-save-workspace.ts';

const LONGEST_HOLD_SECONDS = 60;

export default function SendingTab() {
  const { staff, workspace } = useSession();
  const mayManage = staff.role === 'owner' || staff.role === 'admin';
  return <SendingForm workspace={workspace} disabled={!mayManage} />;
}

function SendingForm({ workspace, disabled }: { workspace: Workspace; disabled: boolean }) {
  const { t } = useTranslation(['admin', 'sending']);
  const { holdSeconds, confirmFrom, quietHours, frequencyCap } = workspace;
  const form = useForm({ initialValues: { holdSeconds, confirmFrom, quietHours, frequencyCap } });
  const save = useSaveWorkspace();
  const problems = fieldErrors(save.error);
  const submit = form.onSubmit((values) =>
    save.mutate(
      { ...values, holdSeconds: Number(values.holdSeconds), confirmFrom: Number(values.confirmFrom) },
      { onSuccess: () => form.resetDirty(), onError: (error) => form.setErrors(fieldErrors(error)) },
    ),
  );
  const { quietHours: quiet, frequencyCap: cap } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={disabled} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="md">
          <Panel title={t('settings.before')}>
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
          </Panel>
          <Panel title={t('settings.rules')}>
            <Stack gap="lg">
              <Stack gap="sm">
                <Switch
                  label={t('sending:quiet.title')}
                  description={t('settings.quietHelp')}
                  checked={quiet !== null}
                  onChange={({ currentTarget: { checked } }) =>
                    form.setFieldValue('quietHours', checked ? (quietHours ?? NEW_QUIET) : null)
                  }
                />
                {quiet && (
                  <QuietFields
                    quiet={quiet}
                    onChange={(next) => form.setFieldValue('quietHours', next)}
                    error={problemAt(problems, 'quietHours')}
                  />
                )}
              </Stack>
              <Stack gap="sm">
                <Switch
                  label={t('sending:cap.title')}
                  description={t('settings.capHelp')}
                  checked={cap !== null}
                  onChange={({ currentTarget: { checked } }) =>
                    form.setFieldValue('frequencyCap', checked ? (frequencyCap ?? NEW_CAP) : null)
                  }
                />
                {cap && (
                  <CapFields
                    cap={cap}
                    onChange={(next) => form.setFieldValue('frequencyCap', next)}
                    error={problemAt(problems, 'frequencyCap')}
                  />
                )}
              </Stack>
            </Stack>
          </Panel>
          {save.isError && Object.keys(problems).length === 0 && (
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
