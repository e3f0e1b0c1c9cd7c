// Serves the emoji picker's data from this server: a copy for every language of the page goes into the build.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const LANGUAGES = ['en', 'uk', 'ru', 'es', 'vi'];
const FILES = ['data.json', 'messages.json'];
const source = (path: string): string =>
  fileURLToPath(new URL(`../node_modules/emojibase-data/${path}`, import.meta.url));

export const emojiData = (): Plugin => ({
  name: 'emoji-data',
  generateBundle() {
    for (const language of LANGUAGES) {
      for (const file of FILES) {
        const path = `${language}/${file}`;
        this.emitFile({ type: 'asset', fileName: `emoji/${path}`, source: readFileSync(source(path)) });
      }
    }
  },
  configureServer(server) {
    server.middlewares.use('/emoji', (request, response, next) => {
      const path = (request.url ?? '').replace(/^\//, '');
      const known =
        LANGUAGES.some((language) => FILES.some((file) => path === `${language}/${file}`)) && existsSync(source(path));
      if (!known) return next();
      response.setHeader('content-type', 'application/json');
      createReadStream(source(path)).pipe(response);
    });
  },
});
