// Approved templates in the check of a mailing: what the author left out, and what each platform's list has against it, by
// bot. A list that cannot be read is said and blocks nothing: the platform has the last word in any case.
import type { Content } from '../domain/message.ts';
import { messageFor } from '../domain/message.ts';
import type { FieldProblem } from '../domain/problem.ts';
import type { Template, TemplateInfo } from '../domain/template.ts';
import { checkTemplate, compareTemplate } from '../domain/template-check.ts';
import { untrackedLinks } from '../domain/template-links.ts';
import type { Bot } from '../store/bots.ts';
import type { RouteDeps } from './route-deps.ts';
import type { Findings } from './findings.ts';

/** A fault is named only after a look at a list that is this fresh. */
const FRESH_MS = 10_000;

type Deps = Pick<RouteDeps, 'channels' | 'publicUrl' | 'templates'>;

/** `bots`: those over which the mailing goes. */
export async function checkTemplates(
  deps: Deps,
  content: Content,
  bots: readonly Bot[],
  found: Findings,
): Promise<void> {
  const used = Object.entries(content.templates ?? {}).filter(
    ([name]) =>
      deps.channels.get(name)?.capabilities.window?.outside === 'template' && messageFor(content, name) !== null,
  );
  for (const [channel, template] of used) {
    const tell = ({ path, code, params }: FieldProblem, more: Record<string, string> = {}): void =>
      found.error('message', code, { ...params, ...more }, `content.templates.${channel}.${path}`);
    const own = checkTemplate(template, deps.publicUrl());
    own.forEach((problem) => tell(problem));
    const accounts = bots.filter((bot) => bot.channel === channel);
    const lists = await Promise.all(accounts.map((bot) => compareWith(deps, bot, template)));
    for (const { bot, list, fault } of lists) {
      if (list === null) found.warn('message', 'templates_unread', { channel, name: bot.name });
      if (fault) tell(fault, { bot: bot.name });
    }
    if (own.length > 0 || lists.some(({ fault }) => fault)) continue;
    const info = lists.flatMap(({ list }) => list?.find((one) => isSame(one, template)) ?? [])[0];
    const count = untrackedLinks(template, info, deps.publicUrl());
    if (count > 0) found.warn('message', 'template_untracked', { channel, count, template: template.name });
  }
}

const isSame = (info: TemplateInfo, { name, language }: Template): boolean =>
  info.name === name && info.language === language;

async function compareWith(
  { channels, templates }: Deps,
  bot: Bot,
  template: Template,
): Promise<{ bot: Bot; list: readonly TemplateInfo[] | null; fault: FieldProblem | null }> {
  if (!channels.get(bot.channel)?.templates) return { bot, list: [], fault: null };
  const kept = await templates.inTime(bot);
  if (kept === null || compareTemplate(template, kept) === null) return { bot, list: kept, fault: null };
  const list = await templates.inTime(bot, FRESH_MS);
  return { bot, list, fault: list && compareTemplate(template, list) };
}
