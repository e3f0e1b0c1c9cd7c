// First run: makes the owner and the workspace. Works once, with the token of the link the server printed.
import '../app/mantine-forms.css';
import {
  Alert,
  Button,
  Group,
  PasswordInput,
  Progress,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api/api.ts';
import { errorText, fieldErrors } from '../api/client.ts';
import { keys, queries } from '../api/queries.ts';
import { useChooseLanguage } from '../app/language-menu.tsx';
import { LANGUAGES } from '../app/i18n.ts';
import type { Language } from '../app/i18n.ts';
import { isZone } from '../features/sending/zones.ts';
import { ButtonLink } from '../ui/links.tsx';
import { passwordStrength } from '../ui/password-strength.ts';
import { browserZone } from '../ui/use-format.ts';
import { ZoneSelect } from '../ui/zone-select.tsx';
import { AuthFrame } from './auth-frame.tsx';

const SHORTEST_PASSWORD = 12;
const STRENGTH_COLORS = ['red', 'orange', 'yellow', 'teal', 'green'] as const;

export default function SetupPage() {
  const { t } = useTranslation();
  const { token } = useSearch({ strict: false });
  const { data: state } = useQuery(queries.setup());
  if (state && !state.needed) {
    return (
      <AuthFrame title={t('setup.doneTitle')} text={t('setup.doneText')}>
        <ButtonLink to="/sign-in" fullWidth>
          {t('signIn.button')}
        </ButtonLink>
      </AuthFrame>
    );
  }
  if (!token) {
    return (
      <AuthFrame title={t('setup.title')}>
        <Text>{t('setup.noToken')}</Text>
      </AuthFrame>
    );
  }
  return <SetupForm token={token} />;
}

function SetupForm({ token }: { token: string }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const chooseLanguage = useChooseLanguage();
  const guessed = browserZone();
  const form = useForm({
    initialValues: { name: '', email: '', password: '', workspace: '', timeZone: isZone(guessed) ? guessed : 'UTC' },
    validateInputOnBlur: true,
    validate: {
      name: (value) => (value.trim() ? null : t('setup.nameMissing')),
      email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : t('signIn.emailMissing')),
      password: (value) => (value.length >= SHORTEST_PASSWORD ? null : t('setup.passwordShort')),
      workspace: (value) => (value.trim() ? null : t('setup.workspaceMissing')),
      timeZone: (value) => (value ? null : t('setup.zoneMissing')),
    },
  });
  const create = useMutation({
    mutationFn: api.setup.create,
    onSuccess: async (session) => {
      client.setQueryData(queries.setup().queryKey, { needed: false });
      client.setQueryData(keys.session, session);
      await navigate({ to: '/mailings' });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const strength = passwordStrength(form.values.password);
  const submit = form.onSubmit((values) =>
    create.mutate({ ...values, token, email: values.email.trim(), language: i18n.language as Language }),
  );

  return (
    <AuthFrame title={t('setup.title')} text={t('setup.text')} width={560}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {create.isError && (
            <Alert color="red" role="alert">
              {errorText(create.error)}
            </Alert>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <TextInput label={t('setup.name')} autoComplete="name" {...form.getInputProps('name')} />
            <TextInput
              label={t('signIn.email')}
              type="email"
              autoComplete="username"
              {...form.getInputProps('email')}
            />
          </SimpleGrid>
          <Stack gap={6}>
            <PasswordInput
              label={t('signIn.password')}
              description={t('setup.passwordHint')}
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': t('signIn.show'), tabIndex: 0 }}
              {...form.getInputProps('password')}
            />
            {form.values.password !== '' && (
              <Group gap="sm" wrap="nowrap">
                <Progress
                  flex={1}
                  value={((strength + 1) / 5) * 100}
                  color={STRENGTH_COLORS[strength]}
                  size="sm"
                  aria-label={t('setup.strength')}
                />
                <Text size="xs" c="dimmed" aria-live="polite" w={110}>
                  {t(`setup.strength${strength}`)}
                </Text>
              </Group>
            )}
          </Stack>
          <TextInput
            label={t('setup.workspace')}
            description={t('setup.workspaceHint')}
            autoComplete="organization"
            {...form.getInputProps('workspace')}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <ZoneSelect label={t('setup.zone')} {...form.getInputProps('timeZone')} />
            <Select
              label={t('language.label')}
              data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
              value={i18n.language}
              allowDeselect={false}
              onChange={(value) => value && void chooseLanguage(value as Language)}
            />
          </SimpleGrid>
          <Button type="submit" loading={create.isPending} fullWidth mt="xs">
            {t('setup.button')}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
