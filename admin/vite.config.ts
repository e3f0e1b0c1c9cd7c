// Builds the admin page into dist/admin. React, Mantine and the router are cut into one long-lived file; every page and
// the charts load when they are opened.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import mantine from 'postcss-preset-mantine';
import variables from 'postcss-simple-vars';
import { defineConfig } from 'vite';
import { emojiData } from './emoji-data.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const BREAKPOINTS = {
  'mantine-breakpoint-xs': '36em',
  'mantine-breakpoint-sm': '48em',
  'mantine-breakpoint-md': '62em',
  'mantine-breakpoint-lg': '75em',
  'mantine-breakpoint-xl': '88em',
};

export default defineConfig({
  root: folder('.'),
  cacheDir: folder('../node_modules/.vite-admin'),
  plugins: [react(), emojiData()],
  css: { postcss: { plugins: [mantine(), variables({ variables: BREAKPOINTS })] } },
  build: {
    outDir: folder('../dist/admin'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/media', '/widget', '/demo', '/docs'].map((path) => [path, 'http://localhost:3000']),
    ),
  },
});
