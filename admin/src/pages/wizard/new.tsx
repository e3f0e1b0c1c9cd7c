// Makes a draft and goes on to edit it.
import '../../app/mantine-forms.css';
import { Center, Loader } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/api.ts';
import { ErrorState } from '../../ui/states.tsx';

export default function NewMailingPage() {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const started = useRef(false);
  const [error, setError] = useState<unknown>(null);

  const create = useCallback(async () => {
    setError(null);
    try {
      const { id } = await api.mailings.create({ name: t('name.default') });
      await navigate({ to: '/mailings/$id/edit', params: { id }, replace: true });
    } catch (caught) {
      setError(caught);
    }
  }, [navigate, t]);

  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void create();
  }, [create]);

  if (error) return <ErrorState error={error} onRetry={() => void create()} />;
  return (
    <Center py={80}>
      <Loader aria-label={t('creating')} />
    </Center>
  );
}
