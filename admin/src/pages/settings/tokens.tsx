// Keys for programs. A key is shown once, when it is made; afterwards only its last characters are known.
import { Alert, Badge, Button, Checkbox, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiToken } from '../../../../src/http/api/session.ts';
import { api } from '../../api/api.ts';
import { errorText, fieldErrors } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { ErrorLine } from '../../ui/error-line.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { useFormat } from '../../ui/use-format.ts';

const SCOPES = ['read', 'write', 'send'] as const satisfies ApiToken['scopes'];

export function Tokens() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tokens = useQuery(queries.tokens());
  const [creating, create] = useDisclosure(false);
  const [removing, setRemoving] = useState<ApiToken | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: queries.tokens().queryKey });
  const items = tokens.data?.items ?? [];
  return (
    <Panel
      title={t('tokens.title')}
      beside={
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={create.open}>
          {t('tokens.create')}
        </Button>
      }
    >
      {tokens.error && <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('tokens.empty')}
        </Text>
      )}
      {items.length > 0 && (
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0}>
          <Table fz="sm" verticalSpacing="xs" aria-label={t('tokens.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('tokens.name')}</Table.Th>
                <Table.Th scope="col">{t('tokens.key')}</Table.Th>
                <Table.Th scope="col">{t('tokens.scopes')}</Table.Th>
                <Table.Th scope="col">{t('tokens.used')}</Table.Th>
                <Table.Th scope="col">{t('table.actions')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Th scope="row" fw={500}>
                    {token.name}
                  </Table.Th>
                  <Table.Td>{token.hint}</Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {token.scopes.map((scope) => (
                        <Badge key={scope} color="gray" size="sm">
                          {t(`tokens.scope.${scope}`)}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td>{token.lastUsedAt === null ? t('bot.never') : format.relative(token.lastUsedAt)}</Table.Td>
                  <Table.Td>
                    <Button variant="subtle" color="red" size="compact-sm" onClick={() => setRemoving(token)}>
                      {t('tokens.delete')}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Modal
        opened={creating}
        onClose={create.close}
        title={t('tokens.create')}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <NewToken onMade={() => void refresh()} onClose={create.close} />
      </Modal>
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('tokens.deleteTitle', { name: removing?.name ?? '' })}
        confirm={t('tokens.deleteConfirm')}
        {...(removing ? { typed: removing.name } : {})}
        danger
        onConfirm={async () => {
          if (!removing) return;
          await api.tokens.remove(removing.id);
          await refresh();
        }}
      >
        {t('tokens.deleteText')}
      </ConfirmDialog>
    </Panel>
  );
}

function NewToken({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>([...SCOPES]);
  const create = useMutation({ mutationFn: api.tokens.create, onSuccess: onMade });
  if (create.data) {
    return (
      <Stack gap="md">
        <Alert color="yellow">{t('tokens.once')}</Alert>
        <CopyField value={create.data.token} label={t('tokens.key')} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('tokens.copied')}</Button>
        </Group>
      </Stack>
    );
  }
  const errors = fieldErrors(create.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name: name.trim(), scopes: SCOPES.filter((scope) => scopes.includes(scope)) });
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t('tokens.name')}
          description={t('tokens.nameHelp')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors.name}
          maxLength={120}
          data-autofocus
        />
        <Checkbox.Group label={t('tokens.scopes')} value={scopes} onChange={setScopes} error={errors.scopes}>
          <Stack gap="xs" mt="xs">
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={t(`tokens.scope.${scope}`)}
                description={t(`tokens.scopeHelp.${scope}`)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        {create.isError && Object.keys(errors).length === 0 && <ErrorLine>{errorText(create.error)}</ErrorLine>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" disabled={name.trim() === '' || scopes.length === 0} loading={create.isPending}>
            {t('tokens.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
