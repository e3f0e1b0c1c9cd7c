// Builds the admin page into dist/admin: a few files for the first paint, one for each page and each heavy library, all
// compressed beforehand.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import mantine from 'postcss-preset-mantine';
import variables from 'postcss-simple-vars';
import { defineConfig } from 'vite';
import { compressed } from './compress.ts';
import { emojiData } from './emoji-data.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const BREAKPOINTS = {
  'mantine-breakpoint-xs': '36em',
  'mantine-breakpoint-sm': '48em',
  'mantine-breakpoint-md': '62em',
  'mantine-breakpoint-lg': '75em',
  'mantine-breakpoint-xl': '88em',
};

const packages = (...names: string[]): RegExp => new RegExp(`node_modules[\\\\/](${names.join('|')})[\\\\/]`);

const BY_PAGE = { minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 6_000 };

/**
 * What the first paint needs is one file, and every heavy library that few pages need is one of its own. The rest is cut
 * along the pages that use it, and pieces too small to be worth a request join the nearest larger one: a page takes a
 * dozen files and little that it does not need.
 */
const CHUNKS = [
  { name: 'base', tags: ['$initial' as const], priority: 4 },
  { name: 'ui', test: packages('@mantine[\\\\/](core|hooks|form)', '@tabler'), ...BY_PAGE, priority: 3 },
  { name: 'forms', test: /mantine-forms\.css/, priority: 3 },
  { name: 'zones', test: /node_modules[\\/]temporal-|sending[\\/]zones/, priority: 2 },
  { name: 'table', test: packages('mantine-datatable'), priority: 2 },
  { name: 'calendar', test: packages('@mantine/dates', 'dayjs'), priority: 2 },
  { name: 'filter', test: packages('react-querybuilder', 'numeric-quantity'), priority: 2 },
  { name: 'upload', test: packages('react-dropzone', 'file-selector', 'attr-accept'), priority: 2 },
  { name: 'sorting', test: packages('@dnd-kit'), priority: 2 },
  { name: 'store', test: packages('@reduxjs', 'immer', 'react-redux', 'redux', 'redux-thunk'), priority: 3 },
  { name: 'shared', ...BY_PAGE, priority: 1 },
];

export default defineConfig({
  root: folder('.'),
  cacheDir: folder('../node_modules/.vite-admin'),
  plugins: [react(), emojiData(), compressed()],
  css: { postcss: { plugins: [mantine(), variables({ variables: BREAKPOINTS })] } },
  build: {
    outDir: folder('../dist/admin'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: CHUNKS },
        // Shared pieces are named after all who share them; the first word is enough.
        chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${(names[0] ?? '').split(/[~.]/)[0]}-[hash][extname]`,
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/media', '/widget', '/demo', '/docs'].map((path) => [path, 'http://localhost:3000']),
    ),
  },
});
