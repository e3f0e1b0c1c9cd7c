// The commands of whoever runs the server: look whether all is well, and make a copy of the database.
import type { Command } from 'commander';
import { CHANNEL_NAMES } from '../channels/index.ts';
import { backUp } from './backup.ts';
import { complain } from './boot.ts';
import { print, printJson, type Terminal } from './cli-terminal.ts';
import { readConfig } from './config.ts';
import { badConfig, type Diagnosis, type Level } from './domain/diagnosis.ts';
import { Problem } from './domain/problem.ts';
import { examine } from './doctor.ts';

export function addOperationCommands(program: Command, terminal: Terminal, environment: NodeJS.ProcessEnv): void {
  const { t } = terminal;

  program
    .command('doctor')
    .description(t('doctorAbout'))
    .option('--json', t('json'))
    .action(async (options: { json?: true }) => {
      const found: Finding[] = [];
      for await (const diagnosis of diagnose(environment, terminal)) {
        const finding = inWords(diagnosis, terminal);
        found.push(finding);
        if (!options.json) printFinding(finding);
      }
      if (options.json) printJson(found);
      const failed = found.filter(({ level }) => level === 'fail').length;
      if (!options.json)
        print(t('doctorSum', { failed, warned: found.filter(({ level }) => level === 'warn').length }));
      if (failed > 0) process.exitCode = 1;
    });

  program
    .command('backup')
    .description(t('backupAbout'))
    .argument('<file>', t('backupFile'))
    .action((file: string) => runBackup(file, terminal, environment));
}

/** A configuration that cannot be read is a finding like others, and the last. */
async function* diagnose(environment: NodeJS.ProcessEnv, { language }: Terminal): AsyncGenerator<Diagnosis> {
  let config;
  try {
    config = readConfig(environment, CHANNEL_NAMES);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield badConfig(complain(error, language));
    return;
  }
  yield* examine(config, language);
}

interface Finding {
  check: string;
  level: Level;
  code: string;
  text: string;
  /** What to do; null where all is well. */
  remedy: string | null;
}

const inWords = ({ check, level, code, params }: Diagnosis, { t }: Terminal): Finding => ({
  check,
  level,
  code,
  text: t(`doctor.${code}`, params),
  remedy: level === 'ok' ? null : t(`doctor.${code}_fix`, params),
});

const WIDTH = 6;

function printFinding({ level, text, remedy }: Finding): void {
  print(`${level.padEnd(WIDTH)}${text}`);
  if (remedy !== null) print(`${' '.repeat(WIDTH)}→ ${remedy}`);
}

async function runBackup(file: string, { t }: Terminal, environment: NodeJS.ProcessEnv): Promise<void> {
  const { databaseUrl } = readConfig(environment, CHANNEL_NAMES);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  let shown = -1;
  await backUp({
    databaseUrl,
    file,
    signal: stopping.signal,
    searchPath: environment.PATH,
    onProgress(done) {
      const percent = Math.floor(done * 100);
      if (percent === shown) return;
      shown = percent;
      process.stderr.write(`\r${t('backupProgress', { percent })}${percent === 100 ? '\n' : ''}`);
    },
  });
  print(t('backupDone', { file }));
}
