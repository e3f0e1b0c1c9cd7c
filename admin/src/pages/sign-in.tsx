// Sign-in. It does not tell whether the e-mail or the password was wrong, and leads back to where one was going.
import '../app/mantine-forms.css';
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../api/api.ts';
import { errorText } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { AuthFrame } from './auth-frame.tsx';

/** Only ways within this site; anything else could lead a person away. */
const safeWay = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) ? next : '/mailings');

export default function SignInPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const { next } = useSearch({ strict: false });
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.includes('@') ? null : t('signIn.emailMissing')),
      password: (value) => (value ? null : t('signIn.passwordMissing')),
    },
  });
  const signIn = useMutation({
    mutationFn: api.session.signIn,
    onSuccess: (session) => {
      client.setQueryData(keys.session, session);
      router.history.push(safeWay(next));
    },
  });
  return (
    <AuthFrame title={t('signIn.title')}>
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
        <Stack gap="md">
          {signIn.isError && (
            <Alert color="red" role="alert">
              {errorText(signIn.error)}
            </Alert>
          )}
          <TextInput label={t('signIn.email')} type="email" autoComplete="username" {...form.getInputProps('email')} />
          <PasswordInput
            label={t('signIn.password')}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show'), tabIndex: 0 }}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            {t('signIn.button')}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
