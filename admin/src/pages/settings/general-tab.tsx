// Name, clock and address of the workspace, one's own language, and the keys for programs.
import { Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../../app/i18n.ts';
import type { Language } from '../../app/i18n.ts';
import { useChooseLanguage } from '../../app/language-menu.tsx';
import { Panel } from '../../ui/panel.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useSession } from '../../ui/use-session.ts';
import { Tokens } from './tokens.tsx';
import { WorkspaceForm } from './workspace-form.tsx';

export default function GeneralTab() {
  const { t, i18n } = useTranslation();
  const { staff, workspace, version } = useSession();
  const choose = useChooseLanguage();
  const mayManage = staff.role === 'owner' || staff.role === 'admin';
  return (
    <Stack gap="md">
      <Panel title={t('settings.workspace')}>
        <WorkspaceForm workspace={workspace} disabled={!mayManage} />
      </Panel>
      <Panel title={t('settings.you')}>
        <Stack gap="sm">
          <Text size="sm">{`${staff.name} · ${staff.email} · ${t(`role.${staff.role}`)}`}</Text>
          <Select
            label={t('settings.language')}
            data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
            value={i18n.language}
            allowDeselect={false}
            maw={300}
            onChange={(value) => value && choose(value as Language).catch(toastError)}
          />
        </Stack>
      </Panel>
      {mayManage && <Tokens />}
      <Text size="xs" c="dimmed">
        {t('settings.version', { version })}
      </Text>
    </Stack>
  );
}
