// Everything around the pages: theme, cache, dialogs, toasts, routes.
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

const scheme = localStorageColorSchemeManager({ key: 'herald-scheme' });

export function App() {
  const { t } = useTranslation();
  const closeLabel = { 'aria-label': t('action.close') };
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <ModalsProvider
          labels={{ confirm: t('action.confirm'), cancel: t('action.cancel') }}
          modalProps={{ closeButtonProps: closeLabel, centered: true }}
        >
          <Notifications position="bottom-center" autoClose={6000} limit={4} />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
