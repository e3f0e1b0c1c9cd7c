// What holds for every mailing that says nothing else: the two brakes before it, quiet hours, how often one person may be
// written to; and how long what people did is kept.
import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Workspace } from '../../../../src/http/api/session.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { CapFields } from '../../features/sending/cap-fields.tsx';
import { QuietFields } from '../../features/sending/quiet-fields.tsx';
import { NEW_CAP, NEW_QUIET, problemAt } from '../../features/sending/rules.ts';
import { useSendingWords } from '../../features/sending/use-words.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { ErrorLine } from '../../ui/error-line.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useSession } from '../../ui/use-session.ts';
import { useSaveWorkspace } from './use-save-workspace.ts';

const LONGEST_HOLD_SECONDS = 60;
/** Days things may be kept. */
const KEPT = [90, 180, 365, 730] as const;
const ALL = 'all';

type Values = Pick<Workspace, 'holdSeconds' | 'confirmFrom' | 'quietHours' | 'frequencyCap' | 'retentionDays'>;
const useValues = (initialValues: Values) => useForm<Values>({ initialValues });
type Form = ReturnType<typeof useValues>;

export default function SendingTab() {
  const { staff, workspace } = useSession();
  const mayManage = staff.role === 'owner' || staff.role === 'admin';
  return <SendingForm workspace={workspace} disabled={!mayManage} />;
}

function SendingForm({ workspace, disabled }: { workspace: Workspace; disabled: boolean }) {
  const { t } = useTranslation();
  const words = useSendingWords();
  const { holdSeconds, confirmFrom, quietHours, frequencyCap, retentionDays } = workspace;
  const form = useValues({ holdSeconds, confirmFrom, quietHours, frequencyCap, retentionDays });
  const [asking, ask] = useDisclosure(false);
  const save = useSaveWorkspace();
  const problems = fieldErrors(save.error);
  const store = async (values: Values) => {
    try {
      await save.mutateAsync({
        ...values,
        holdSeconds: Number(values.holdSeconds),
        confirmFrom: Number(values.confirmFrom),
      });
      form.resetDirty();
    } catch (error) {
      form.setErrors(fieldErrors(error));
    }
  };
  const { retentionDays: kept } = form.values;
  const deletesMore = kept !== null && kept < (retentionDays ?? Infinity);
  return (
    <form onSubmit={form.onSubmit((values) => (deletesMore ? ask.open() : void store(values)))} noValidate>
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
          <RulesPanel form={form} workspace={workspace} problems={problems} />
          <RetentionPanel form={form} error={problemAt(problems, 'retentionDays')} />
          {save.isError && Object.keys(problems).length === 0 && <ErrorLine>{errorText(save.error)}</ErrorLine>}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              {t('action.save')}
            </Button>
          </Group>
        </Stack>
      </fieldset>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('settings.deleteTitle', { period: words.days(kept ?? 0) })}
        confirm={t('settings.deleteConfirm')}
        danger
        onConfirm={() => store(form.values)}
      >
        {t('settings.deleteText')}
      </ConfirmDialog>
    </form>
  );
}

interface RulesProps {
  form: Form;
  workspace: Workspace;
  problems: Readonly<Record<string, string>>;
}

function RulesPanel({ form, workspace, problems }: RulesProps) {
  const { t } = useTranslation(['admin', 'sending']);
  const { quietHours: quiet, frequencyCap: cap } = form.values;
  return (
    <Panel title={t('settings.rules')}>
      <Stack gap="lg">
        <Stack gap="sm">
          <Switch
            label={t('sending:quiet.title')}
            description={t('settings.quietHelp')}
            checked={quiet !== null}
            onChange={({ currentTarget: { checked } }) =>
              form.setFieldValue('quietHours', checked ? (workspace.quietHours ?? NEW_QUIET) : null)
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
              form.setFieldValue('frequencyCap', checked ? (workspace.frequencyCap ?? NEW_CAP) : null)
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
  );
}

function RetentionPanel({ form, error }: { form: Form; error: string | undefined }) {
  const { t } = useTranslation();
  const words = useSendingWords();
  const { retentionDays: kept } = form.values;
  const offered = kept === null || KEPT.some((days) => days === kept) ? KEPT : [...KEPT, kept];
  return (
    <Panel title={t('settings.keeping')}>
      <Select
        label={t('settings.retention')}
        description={t('settings.retentionHelp')}
        maw={420}
        data={[
          { value: ALL, label: t('settings.keepAll') },
          ...offered
            .toSorted((a, b) => b - a)
            .map((days) => ({ value: String(days), label: t('settings.keepFor', { period: words.days(days) }) })),
        ]}
        value={kept === null ? ALL : String(kept)}
        onChange={(value) => value && form.setFieldValue('retentionDays', value === ALL ? null : Number(value))}
        allowDeselect={false}
        error={error}
      />
    </Panel>
  );
}
