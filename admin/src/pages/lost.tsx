// What is shown where there is no page, and where a page failed.
import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { errorText } from '../api/client.ts';
import { ButtonLink } from '../ui/links.tsx';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Title order={1}>{t('lost.title')}</Title>
        <Text c="dimmed">{t('lost.text')}</Text>
        <ButtonLink to="/mailings">{t('lost.home')}</ButtonLink>
      </Stack>
    </Center>
  );
}

export function CrashPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" gap="sm" maw={420} ta="center" role="alert">
        <Title order={1}>{t('crash.title')}</Title>
        <Text c="dimmed">{errorText(error)}</Text>
        <Button onClick={retry}>{t('action.retry')}</Button>
      </Stack>
    </Center>
  );
}
