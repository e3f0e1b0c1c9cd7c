#!/usr/bin/env node
// The command line for operators. Everything a page can do goes through the API, in this process; what comes before
// there is anybody to ask (migrate, the owner, tokens) and what no page does (audit) is done on the store.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { CHANNEL_NAMES } from '../channels/index.ts';
import { createLocalBus } from './bus.ts';
import { complain, type House, openHouse } from './boot.ts';
import { loadEnvironment, readConfig } from './config.ts';
import { Problem } from './domain/problem.ts';
import type { Bot } from './http/api/bots.ts';
import type { Page } from './http/api/common.ts';
import type { Figures, Mailing, MailingCheck, MailingRow } from './http/api/mailings.ts';
import { setupBodySchema } from './http/api/session.ts';
import { checked } from './http/problems.ts';
import { pickLanguage, translate } from './i18n.ts';
import { importFaults, importFile } from './import-file.ts';
import { createLog } from './log.ts';
import { openOperator, type Operator, RefusedByApi } from './operator.ts';
import { audit, repair } from './stats/audit.ts';
import { insertStaff } from './store/staff.ts';
import { insertToken } from './store/tokens.ts';

const WATCH_MS = 1000;
const ENDED = ['sent', 'stopped', 'failed', 'draft'] as const;

const environment = loadEnvironment();
const language = pickLanguage(environment.LC_ALL, environment.LANG);
const t = (key: string, params: Record<string, string | number> = {}): string =>
  translate(language, `cli:${key}`, params);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

// --- Opening and closing the house ----------------------------------------------------------

interface Tools {
  house: House;
  operator: Operator;
}

/** Runs one command with the house open, and closes it whatever happens. */
async function withHouse(work: (tools: Tools) => Promise<void>): Promise<void> {
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
}

const readText = (file: string): string => readFileSync(file === '-' ? 0 : resolve(file), 'utf8');

/** Both sides of a pair such as `key=value`, whose sign stands at `at`. */
const splitAt = (pair: string, at: number): [string, string] => [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];

function readDraft(file: string): object {
  try {
    return JSON.parse(readText(file)) as object;
  } catch (error) {
    throw new Problem('cli_file', { file, reason: error instanceof Error ? error.message : String(error) });
  }
}

async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readText('-').trim();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const password = await lines.question(t('askPassword'));
  lines.close();
  return password;
}

// --- Mailings -------------------------------------------------------------------------------

const FIGURES = [
  'planned',
  'sent',
  'failed',
  'skipped',
  'cancelled',
  'unconfirmed',
  'remaining',
  'delivered',
  'opened',
  'linkPeople',
  'buyPeople',
  'buttonPeople',
  'replies',
  'orders',
  'sales',
] as const satisfies readonly (keyof Figures)[];

function describeMailing(mailing: MailingRow): string {
  const rows = FIGURES.map((name) => [t(`figures.${name}`), mailing.figures[name] ?? '–'] as const);
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `${mailing.name} (${mailing.id})  ${t(`states.${mailing.state}`)}`,
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
  ].join('\n');
}

const getMailing = async (operator: Operator, id: string): Promise<Mailing> =>
  (await operator.call<Mailing>('GET', `/mailings/${encodeURIComponent(id)}`)).body;

/** Prints a line a second until the mailing has ended. */
async function watch(operator: Operator, id: string): Promise<void> {
  for (;;) {
    const { state, figures } = await getMailing(operator, id);
    print(
      t('progress', {
        state: t(`states.${state}`),
        sent: figures.sent,
        planned: figures.planned,
        failed: figures.failed,
      }),
    );
    if (ENDED.some((end) => end === state)) return;
    await pause(WATCH_MS);
  }
}

async function sendMailing(operator: Operator, id: string, options: { yes?: true; wait?: true }): Promise<void> {
  const mailing = await getMailing(operator, id);
  const check = (await operator.call<MailingCheck>('POST', `/mailings/${mailing.id}/check`)).body;
  for (const finding of check.findings) if (finding.level !== 'ok') print(`${finding.level}: ${finding.message}`);
  if (!options.yes) {
    print(t('confirm', { name: mailing.name, total: check.total, seconds: check.durationSeconds }));
    return;
  }
  const sent = await operator.call<Mailing>('POST', `/mailings/${mailing.id}/send`, {
    version: mailing.version,
    expected: check.total,
  });
  print(t('accepted', { id: sent.body.id, total: check.total }));
  if (options.wait) await watch(operator, mailing.id);
}

// --- The commands ---------------------------------------------------------------------------

const program = new Command('herald').description(t('about')).showHelpAfterError();

program
  .command('migrate')
  .description(t('migrate'))
  .action(() => withHouse(async () => print(t('migrated'))));

program
  .command('owner')
  .description(t('owner'))
  .command('create')
  .description(t('ownerCreate'))
  .requiredOption('--email <address>', t('email'))
  .requiredOption('--name <name>', t('name'))
  .action((options: { email: string; name: string }) =>
    withHouse(async ({ house: { db } }) => {
      const schema = setupBodySchema.pick({ email: true, name: true, password: true });
      const person = checked(schema, { ...options, password: await readPassword() });
      await insertStaff(db, { ...person, role: 'owner', language, now: Date.now() });
      print(t('ownerCreated', { email: person.email }));
    }),
  );

program
  .command('token')
  .description(t('token'))
  .command('create')
  .description(t('tokenCreate'))
  .argument('[name]', t('tokenName'), 'cli')
  .action((name: string) =>
    withHouse(async ({ house: { db } }) => {
      const { token } = await insertToken(db, {
        name,
        scopes: ['read', 'write', 'send'],
        staffId: null,
        now: Date.now(),
      });
      print(token);
    }),
  );

const bot = program.command('bot').description(t('bot'));

bot
  .command('add')
  .description(t('botAdd'))
  .argument('<channel>', t('channel', { channels: CHANNEL_NAMES.join(', ') }))
  .option('--token <token>', t('botToken'))
  .option('--credential <key=value...>', t('credential'))
  .option('--name <name>', t('name'))
  .option('--api-root <url>', t('apiRoot'))
  .action((channel: string, options: { token?: string; credential?: string[]; name?: string; apiRoot?: string }) =>
    withHouse(async ({ operator }) => {
      const pairs = (options.credential ?? []).map((pair) => splitAt(pair, pair.indexOf('=')));
      const credentials = { ...Object.fromEntries(pairs), ...(options.token ? { token: options.token } : {}) };
      const { body } = await operator.call<Bot>('POST', '/bots', {
        channel,
        credentials,
        ...(options.name ? { name: options.name } : {}),
        ...(options.apiRoot ? { apiRoot: options.apiRoot } : {}),
      });
      print(t('botAdded', { name: body.name, id: body.id, link: body.link ?? '–' }));
    }),
  );

bot
  .command('list')
  .description(t('botList'))
  .option('--json', t('json'))
  .action((options: { json?: true }) =>
    withHouse(async ({ operator }) => {
      const { items } = (await operator.call<{ items: Bot[] }>('GET', '/bots')).body;
      if (options.json) printJson(items);
      else
        for (const item of items)
          print(`${item.id}  ${item.channel}  ${item.name}  ${item.status}  ${item.active}/${item.subscribers}`);
    }),
  );

program
  .command('import')
  .description(t('import'))
  .argument('<file>', t('importFile'))
  .option('--map <column=field...>', t('importMap'))
  .option('--bot <id>', t('importBot'))
  .option('--tag <tag...>', t('importTag'))
  .option('--consent', t('importConsent'), false)
  .option('--dry-run', t('importDryRun'), false)
  .action(
    (file: string, options: { map?: string[]; bot?: string; tag?: string[]; consent: boolean; dryRun: boolean }) =>
      withHouse(async ({ house }) => {
        const { db, config } = house;
        const deps = {
          db,
          dataFolder: config.dataFolder,
          bus: createLocalBus(),
          log: createLog('silent'),
          now: Date.now,
        };
        const { bot: botId = null, tag: tags = [], consent, dryRun } = options;
        const mapping = Object.fromEntries((options.map ?? []).map((pair) => splitAt(pair, pair.lastIndexOf('='))));
        const report = await importFile(deps, { file, mapping, bot: botId, tags, consent, dryRun }, (read, total) =>
          process.stderr.write(`\r${t('importProgress', { read, total })}`),
        );
        process.stderr.write('\n');
        for await (const { row, field, code, value } of importFaults(deps, report.id)) {
          const sentence = translate(language, `problems:${code}`, { value: value ?? '', field: field ?? '' });
          print([row, field ?? '', sentence, value ?? ''].join('\t'));
        }
        print(t('importDone', { added: report.added, updated: report.updated, bad: report.bad }));
        if (report.state === 'failed') process.exitCode = 1;
        else if (report.bad > 0) process.exitCode = 3;
      }),
  );

const mailing = program.command('mailing').description(t('mailing'));

mailing
  .command('create')
  .description(t('mailingCreate'))
  .argument('<file>', t('mailingFile'))
  .option('--json', t('json'))
  .action((file: string, options: { json?: true }) =>
    withHouse(async ({ operator }) => {
      const { body } = await operator.call<Mailing>('POST', '/mailings', readDraft(file));
      if (options.json) printJson(body);
      else print(body.id);
    }),
  );

mailing
  .command('list')
  .description(t('mailingList'))
  .option('--json', t('json'))
  .action((options: { json?: true }) =>
    withHouse(async ({ operator }) => {
      const { items } = (await operator.call<Page<MailingRow>>('GET', '/mailings?limit=200')).body;
      if (options.json) printJson(items);
      else
        for (const item of items)
          print(`${item.id}  ${t(`states.${item.state}`)}  ${item.figures.sent}/${item.figures.planned}  ${item.name}`);
    }),
  );

mailing
  .command('show')
  .description(t('mailingShow'))
  .argument('<id>')
  .option('--json', t('json'))
  .action((id: string, options: { json?: true }) =>
    withHouse(async ({ operator }) => {
      const found = await getMailing(operator, id);
      if (options.json) printJson(found);
      else print(describeMailing(found));
    }),
  );

mailing
  .command('send')
  .description(t('mailingSend'))
  .argument('<id>')
  .option('--yes', t('yes'))
  .option('--wait', t('wait'))
  .action((id: string, options: { yes?: true; wait?: true }) =>
    withHouse(({ operator }) => sendMailing(operator, id, options)),
  );

for (const verb of ['stop', 'continue'] as const) {
  mailing
    .command(verb)
    .description(t(`mailing_${verb}`))
    .argument('<id>')
    .action((id: string) =>
      withHouse(async ({ operator }) => {
        const { body } = await operator.call<Mailing>('POST', `/mailings/${encodeURIComponent(id)}/${verb}`);
        print(describeMailing(body));
      }),
    );
}

mailing
  .command('recipients')
  .description(t('mailingRecipients'))
  .argument('<id>')
  .action((id: string) =>
    withHouse(async ({ operator }) => {
      process.stdout.write((await operator.call('GET', `/mailings/${encodeURIComponent(id)}/recipients.csv`)).text);
    }),
  );

program
  .command('audit')
  .description(t('audit'))
  .option('--repair', t('auditRepair'))
  .option('--json', t('json'))
  .action((options: { repair?: true; json?: true }) =>
    withHouse(async ({ house: { db } }) => {
      const differences = await audit(db);
      if (options.json) printJson(differences);
      else
        for (const row of differences)
          print(`${row.campaign}\t${row.bot}\t${row.button}\t${row.figure}\t${row.counter} → ${row.truth}`);
      if (options.repair && differences.length > 0) await repair(db);
      if (!options.json) print(t('audited', { count: differences.length }));
      if (differences.length > 0 && !options.repair) process.exitCode = 3;
    }),
  );

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof RefusedByApi ? error.message : complain(error, language)}\n`);
  process.exitCode = 1;
}
