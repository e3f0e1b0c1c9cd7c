// What every command shares: the language of the terminal, printing, reading, and the house, open while it runs.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CHANNEL_NAMES } from '../channels/index.ts';
import { type House, openHouse } from './boot.ts';
import { readConfig } from './config.ts';
import { type Language, pickLanguage, translate } from './i18n.ts';
import { createLog } from './log.ts';
import { openOperator, type Operator } from './operator.ts';

export interface Tools {
  house: House;
  operator: Operator;
}

export interface Terminal {
  language: Language;
  /** A text of the command line. */
  t(key: string, params?: Record<string, string | number>): string;
  /** Runs one command with the house open, and closes it whatever happens. */
  withHouse(work: (tools: Tools) => Promise<void>): Promise<void>;
}

export function openTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const language = pickLanguage(environment.LC_ALL, environment.LANG);
  return {
    language,
    t: (key, params = {}) => translate(language, `cli:${key}`, params),
    async withHouse(work) {
      const house = await openHouse(readConfig(environment, CHANNEL_NAMES));
      try {
        const operator = await openOperator(house, { log: createLog('silent'), language });
        try {
          await work({ house, operator });
        } finally {
          await operator.close();
        }
      } finally {
        await house.db.destroy();
      }
    },
  };
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** A file, or standard input where it is called `-`. */
export const readText = (file: string): string => readFileSync(file === '-' ? 0 : resolve(file), 'utf8');

/** Asks without showing what is typed; what is piped in is read as it is. */
export async function readSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) return readText('-').trim();
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const secret = await lines.question('');
  lines.close();
  process.stderr.write('\n');
  return secret;
}
