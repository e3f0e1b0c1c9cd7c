// Starts a file, TypeScript or compiled, as a process of its own and waits for the line of JSON it prints when it is ready.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child<Ready> {
  ready: Ready;
  process: ChildProcess;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Benches run compiled, and so do the files beside them. */
const ENDING = import.meta.url.endsWith('.js') ? '.js' : '.ts';

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export async function startChild<Ready>(
  file: URL,
  args: readonly string[] = [],
  cwd = process.cwd(),
): Promise<Child<Ready>> {
  const path = fileURLToPath(file).replace(/\.ts$/, ENDING);
  const loader = path.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd,
  });
  children.add(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void gone.then(() => children.delete(child));
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    void gone.then(() => reject(new Error(`${file.pathname} ended with ${child.exitCode} before it was ready`)));
  });
  return {
    ready: JSON.parse(line) as Ready,
    process: child,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
