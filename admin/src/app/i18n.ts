// The texts of the page, from locales/ at the top of the project. Only the language in use is loaded, and of it only the
// namespaces the open page needs: `admin` always, `wizard`, `people` and `sending` when their pages ask for them.
import i18next, { changeLanguage, use } from 'i18next';
import type { BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Staff } from '../../../src/http/api/session.ts';

export type Language = NonNullable<Staff['language']>;
/** In their own words, so that a person finds their language whatever the page speaks. */
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'uk', name: 'Українська' },
  { code: 'ru', name: 'Русский' },
  { code: 'es', name: 'Español' },
  { code: 'vi', name: 'Tiếng Việt' },
];

const STORAGE_KEY = 'herald-language';
const files = import.meta.glob<{ default: Record<string, unknown> }>(
  '../../../locales/*/{admin,wizard,people,sending}.json',
);

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: async (language, namespace) => {
    const load = files[`../../../locales/${language}/${namespace}.json`];
    return load ? (await load()).default : {};
  },
};

const known = (code: string | null | undefined): Language | null =>
  LANGUAGES.find((language) => language.code === code?.slice(0, 2).toLowerCase())?.code ?? null;

const guessLanguage = (): Language =>
  known(localStorage.getItem(STORAGE_KEY)) ?? navigator.languages.map(known).find((code) => code !== null) ?? 'en';

export async function startTexts(): Promise<void> {
  await use(backend)
    .use(initReactI18next)
    .init({
      lng: guessLanguage(),
      fallbackLng: 'en',
      supportedLngs: LANGUAGES.map((language) => language.code),
      ns: ['admin'],
      defaultNS: 'admin',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  document.documentElement.lang = i18next.language;
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
    localStorage.setItem(STORAGE_KEY, language);
  });
}

export async function speakLanguageOf(staff: Staff): Promise<void> {
  if (staff.language && staff.language !== i18next.language) await changeLanguage(staff.language);
}
