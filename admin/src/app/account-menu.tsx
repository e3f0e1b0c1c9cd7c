// Who is signed in, and the way out.
import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconLogout, IconSettings, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api/api.ts';
import { useSession } from '../ui/use-session.ts';

export function AccountMenu() {
  const { t } = useTranslation();
  const { staff } = useSession();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: api.session.signOut,
    onSettled: () => {
      client.clear();
      location.assign('/sign-in');
    },
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t('account.label')} size={40}>
          <IconUserCircle size={24} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {staff.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {staff.email}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} aria-hidden />}>
          {t('menu.settings')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
