// The server's texts. Keys are `namespace:path`; without a namespace they are looked up in `server`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInstance } from 'i18next';

export const LANGUAGES = ['en', 'uk', 'ru', 'es', 'vi'] as const;
export type Language = (typeof LANGUAGES)[number];
const DEFAULT_LANGUAGE: Language = 'en';

/** `locales/` beside the sources, or beside `dist/` in a build. */
const ROOTS = ['../locales/', '../../locales/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

function readNamespaces(language: Language): Record<string, object> {
  for (const root of ROOTS) {
    try {
      const folder = join(root, language);
      return Object.fromEntries(
        readdirSync(folder)
          .filter((name) => name.endsWith('.json'))
          .map((name) => [
            name.slice(0, -'.json'.length),
            JSON.parse(readFileSync(join(folder, name), 'utf8')) as object,
          ]),
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return {};
}

const instance = createInstance();
// All texts are at hand, so nothing is waited for: the module also loads where `require` is the loader.
void instance.init({
  initAsync: false,
  resources: Object.fromEntries(LANGUAGES.map((language) => [language, readNamespaces(language)])),
  fallbackLng: DEFAULT_LANGUAGE,
  defaultNS: 'server',
  // What we write goes into JSON, plain text or an escaping template, never raw into HTML.
  interpolation: { escapeValue: false },
});

export const translate = (language: string, key: string, params: Record<string, string | number> = {}): string =>
  instance.t(key, { ...params, lng: language });

/** A text of several lines, or a list of texts: step by step. Empty where there is none. */
export function translateList(language: string, key: string): string[] {
  if (!hasText(key)) return [];
  const found: unknown = instance.t(key, { lng: language, returnObjects: true });
  const lines = Array.isArray(found) ? found.map(String) : String(found).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

export const hasText = (key: string): boolean => instance.exists(key);

/** The best of our languages for an `Accept-Language` header or a subscriber's locale. */
export function pickLanguage(...wishes: (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    for (const part of (wish ?? '').split(',')) {
      const language = part.trim().split(/[-_;]/)[0]?.toLowerCase();
      const found = LANGUAGES.find((known) => known === language);
      if (found) return found;
    }
  }
  return DEFAULT_LANGUAGE;
}
