// The language of the page. With a session the choice is kept with the person, without one in this browser.
import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconLanguage } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { LANGUAGES } from './i18n.ts';
import type { Language } from './i18n.ts';

export function useChooseLanguage(): (language: Language) => Promise<void> {
  const { i18n } = useTranslation();
  const client = useQueryClient();
  return async (language) => {
    if (client.getQueryData(keys.session)) client.setQueryData(keys.session, await api.session.setLanguage(language));
    await i18n.changeLanguage(language);
    // The server's sentences (labels, explanations) come in the language of the request.
    await client.invalidateQueries();
  };
}

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const choose = useChooseLanguage();
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon aria-label={t('language.label')} size={40}>
          <IconLanguage size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map(({ code, name }) => (
          <Menu.Item
            key={code}
            lang={code}
            aria-current={code === i18n.language}
            rightSection={code === i18n.language ? <IconCheck size={16} aria-hidden /> : null}
            onClick={() => void choose(code)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
