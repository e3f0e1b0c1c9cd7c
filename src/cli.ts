#!/usr/bin/env node
// The command line for operators. Everything a page can do goes through the API, in this process; what comes before
// there is anybody to ask (migrate, the owner, tokens) and what no page does (audit) is done on the store.
import { Command } from 'commander';
import { CHANNEL_NAMES } from '../channels/index.ts';
import { complain } from './boot.ts';
import { createLocalBus } from './bus.ts';
import { addMailingCommands } from './cli-mailings.ts';
import { addOperationCommands } from './cli-operation.ts';
import { openTerminal, print, printJson, readSecret } from './cli-terminal.ts';
import { loadEnvironment } from './config.ts';
import { fieldProblem } from './domain/problem.ts';
import type { Bot } from './http/api/bots.ts';
import type { InstanceAnswer } from './http/api/instance.ts';
import { setupBodySchema } from './http/api/session.ts';
import { checked } from './http/problems.ts';
import { translate } from './i18n.ts';
import { importFaults, importFile } from './import-file.ts';
import { createLog } from './log.ts';
import { RefusedByApi } from './operator.ts';
import { audit, repair } from './stats/audit.ts';
import { isDuplicate } from './store/database.ts';
import { insertStaff } from './store/staff.ts';
import { insertToken } from './store/tokens.ts';

const environment = loadEnvironment();
const terminal = openTerminal(environment);
const { language, t, withHouse } = terminal;

/** Both sides of a pair such as `key=value`, whose sign stands at `at`. */
const splitAt = (pair: string, at: number): [string, string] => [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];

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
      const person = checked(schema, { ...options, password: await readSecret(t('askPassword')) });
      try {
        await insertStaff(db, { ...person, role: 'owner', language, now: Date.now() });
      } catch (error) {
        throw isDuplicate(error) ? fieldProblem('email', 'email_taken', { email: person.email }) : error;
      }
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
        const { db, config, channels } = house;
        const deps = {
          db,
          channels,
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

addMailingCommands(program, terminal);
addOperationCommands(program, terminal, environment);

program
  .command('confirm-instance')
  .description(t('confirmInstance'))
  .action(() =>
    withHouse(async ({ operator }) => {
      const { confirmed } = (await operator.call<InstanceAnswer>('GET', '/instance')).body;
      if (!confirmed) await operator.call('POST', '/instance/confirm');
      print(t(confirmed ? 'instanceSure' : 'instanceConfirmed'));
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
