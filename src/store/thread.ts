// Starts a thread of this folder. From the build it runs as it is; from the sources a thread, which shares nothing with
// the one that starts it, needs a TypeScript loader of its own first.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export function startThread(name: string, workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, import.meta.url), { workerData });
  const loader = JSON.stringify(createRequire(import.meta.url).resolve('tsx/cjs/api'));
  const source = JSON.stringify(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)));
  return new Worker(`require(${loader}).register(); require(${source});`, { eval: true, workerData });
}
