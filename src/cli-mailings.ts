// The commands about mailings: create, look at, send, stop and continue them, all through the API.
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { print, printJson, readText, type Terminal } from './cli-terminal.ts';
import { Problem } from './domain/problem.ts';
import { readTime } from './domain/schedule.ts';
import type { Page } from './http/api/common.ts';
import type { Workspace } from './http/api/session.ts';
import type { Mailing, MailingCheck, MailingRow } from './http/api/mailings.ts';
import type { Figures } from './http/api/statistics.ts';
import type { Operator } from './operator.ts';

const WATCH_MS = 1000;
const ENDED = ['sent', 'stopped', 'failed', 'draft'] as const;

export function addMailingCommands(program: Command, terminal: Terminal): void {
  const { t, withHouse } = terminal;
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
            print(
              `${item.id}  ${t(`states.${item.state}`)}  ${item.figures.sent}/${item.figures.planned}  ${item.name}`,
            );
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
        else print(describe(terminal, found));
      }),
    );

  mailing
    .command('send')
    .description(t('mailingSend'))
    .argument('<id>')
    .option('--at <time>', t('sendAt'))
    .option('--yes', t('yes'))
    .option('--wait', t('wait'))
    .action((id: string, options: SendOptions) => withHouse(({ operator }) => send(terminal, operator, id, options)));

  for (const verb of ['stop', 'continue'] as const) {
    mailing
      .command(verb)
      .description(t(`mailing_${verb}`))
      .argument('<id>')
      .action((id: string) =>
        withHouse(async ({ operator }) => {
          const { body } = await operator.call<Mailing>('POST', `/mailings/${encodeURIComponent(id)}/${verb}`);
          print(describe(terminal, body));
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
}

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

function describe({ t }: Terminal, mailing: MailingRow): string {
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
async function watch({ t }: Terminal, operator: Operator, id: string): Promise<void> {
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

interface SendOptions {
  at?: string;
  yes?: true;
  wait?: true;
}

/** As the page does it: the time is a setting of the draft. Without a zone it is by the workspace's clock. */
async function setTime({ t }: Terminal, operator: Operator, { id, version }: Mailing, text: string): Promise<Mailing> {
  const { body: workspace } = await operator.call<Workspace>('GET', '/settings');
  const time = readTime(text, { zone: workspace.timeZone, path: '--at' });
  const settings = { when: { mode: 'at', ...time } };
  const { body } = await operator.call<Mailing>('PATCH', `/mailings/${id}`, { version, settings });
  print(t('timeSet', time));
  return body;
}

async function send(terminal: Terminal, operator: Operator, id: string, options: SendOptions): Promise<void> {
  const { t } = terminal;
  const found = await getMailing(operator, id);
  const mailing = options.at === undefined ? found : await setTime(terminal, operator, found, options.at);
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
  print(t(options.at === undefined ? 'accepted' : 'scheduled', { id: sent.body.id, total: check.total }));
  if (options.wait) await watch(terminal, operator, mailing.id);
}

function readDraft(file: string): object {
  try {
    return JSON.parse(readText(file)) as object;
  } catch (error) {
    throw new Problem('cli_file', { file, reason: error instanceof Error ? error.message : String(error) });
  }
}
