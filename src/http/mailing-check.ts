// Everything the confirmation names and everything that still blocks sending: one function for the list beside the
// button and for the button itself, so that the page never promises what sending refuses.
import type { Filter } from '../domain/audience.ts';
import { parseFilter } from '../domain/audience-parse.ts';
import { canaryPause } from '../domain/canary.ts';
import { check } from '../domain/check.ts';
import { fit } from '../domain/fit.ts';
import {
  buttonsOf,
  channelsWritten,
  type Content,
  EVERY_CHANNEL,
  type Message,
  messageFor,
} from '../domain/message.ts';
import { groupBy } from '../domain/group.ts';
import { picturesOutOfReach } from '../domain/pictures.ts';
import { Problem } from '../domain/problem.ts';
import { translate } from '../i18n.ts';
import { listFields } from '../store/attributes.ts';
import { type AudienceCount, countAudience } from '../store/audience.ts';
import { type Bot, listBots } from '../store/bots.ts';
import type { Campaign } from '../store/campaigns.ts';
import { contentOf } from '../store/messages.ts';
import { readWorkspace } from '../store/settings.ts';
import { expectedDuration, ratesWith, readTraffic, streamsOf } from '../stats/expected-end.ts';
import type { WindowCheck } from './api/engine.ts';
import { channelTitle } from './channels.ts';
import type { RouteDeps } from './route-deps.ts';
import { type Finding, type Findings, findings } from './findings.ts';
import { checkTemplates } from './mailing-templates.ts';
import { sentence } from './problems.ts';
import { checkTime, reached, type TimeCheck } from './schedule-check.ts';
import { tellWindows, windowsAt, withWindows } from './windows.ts';

export interface Checked {
  /** Who will receive it. */
  count: AudienceCount;
  /** Who of the audience will not, by reason. */
  skipped: TimeCheck['skipped'] & { window_closed: number };
  windows: WindowCheck[];
  durationSeconds: number;
  startsAt: number;
  endsAt: number;
  schedule: TimeCheck['schedule'];
  findings: Finding[];
}

/** A finding in words; messengers are called by their own names. */
export function findingSentence(
  language: string,
  { level, code, params }: Pick<Finding, 'level' | 'code' | 'params'>,
): string {
  if (level === 'error') return sentence(language, code, params);
  const channel = typeof params.channel === 'string' ? { channel: channelTitle(language, params.channel) } : {};
  return translate(language, `server:findings.${code}`, { ...params, ...channel });
}

type CheckDeps = Pick<RouteDeps, 'db' | 'channels' | 'now' | 'publicUrl' | 'templates'>;

const NOBODY: AudienceCount = {
  total: 0,
  byChannel: {},
  byBot: {},
  active: 0,
  leftOut: { noVariant: 0, excluded: 0 },
  noVariantByChannel: {},
};

export async function checkMailing(deps: CheckDeps, campaign: Campaign, signal?: AbortSignal): Promise<Checked> {
  const { db, channels } = deps;
  const now = deps.now();
  const [content, bots, workspace] = [await contentOf(db, campaign), await listBots(db), await readWorkspace(db)];
  const found = findings();
  const written = channelsWritten(content, [...channels.keys()]);

  if (campaign.name.trim() === '') found.error('message', 'mailing_name_missing', {}, 'name');
  checkContent(deps, content, new Set(bots.map(({ channel }) => channel)), found);
  // Without any message the audience is counted as if there were one: two complaints of one cause confuse.
  const filter = await soundFilter(deps, campaign.audience, found);
  const query = filter && {
    filter,
    via: campaign.settings.via,
    channels: written.length > 0 ? written : null,
    excluded: campaign.settings.excluded,
    windows: windowsAt(channels, content, now),
  };
  const matching = query ? await countAudience(db, query, { now, signal }) : NOBODY;
  const time = await checkTime(db, { campaign, workspace, query, now, signal, found });
  const windowed = await withWindows(db, matching, query && { ...query, windows: time.windows }, { now, signal });
  const count = reached(windowed.count, time, bots);
  checkAudience(matching, count.total, filter !== null, found);
  noteAdaptations(deps, content, count, found);
  const going = bots.filter((bot) => bot.status === 'connected' && (count.byBot[bot.publicId] ?? 0) > 0);
  checkPictures(deps, content, going, found);
  await checkTemplates(deps, content, going, found);
  tellWindows(windowed.windows, found);
  checkBots(campaign, bots, count, found);
  const { startsAt, lastAt, schedule } = time;
  const skipped = { ...time.skipped, window_closed: windowed.windows.reduce((sum, one) => sum + one.skipped, 0) };
  const read = await readTraffic(db, channels);
  const traffic = { ...read, rates: ratesWith(read, channels, campaign.settings.choices) };
  const sending = expectedDuration(traffic, {
    streams: streamsOf('', count.byBot, content, traffic, channels),
    speed: campaign.settings.speed,
    startsIn: (startsAt - now) / 1000,
  });
  const durationSeconds = sending + canaryPause(campaign.settings.canary, count.total);
  checkSpeed(campaign, content, written, found);
  checkCanary(campaign, count.total, found);
  // The last zone's people may be any share of all: at most they take as long as all do.
  const endsAt = lastAt + durationSeconds * 1000;
  const { windows } = windowed;
  return { count, skipped, windows, durationSeconds, startsAt, endsAt, schedule, findings: found.list };
}

// --- Message --------------------------------------------------------------------------------

function checkContent(
  { channels }: CheckDeps,
  content: Content,
  connected: ReadonlySet<string>,
  found: Findings,
): void {
  const written = [...channels.values()].flatMap((channel) => {
    const message = messageFor(content, channel.name);
    return message ? [{ channel, message }] : [];
  });
  if (written.length === 0) return found.error('message', 'message_empty', {}, 'content');
  const said = new Set<string>();
  let sound = true;
  for (const { channel, message } of written) {
    const problems = check(message, channel.capabilities, content.synchronised);
    if (problems.length > 0) sound = false;
    const variant = content.synchronised ? EVERY_CHANNEL : channel.name;
    for (const { path, code, params } of problems) {
      const place = `content.variants.${variant}.${path}`;
      // A synchronised message with one fault has it once, whatever the number of messengers.
      if (!said.has(`${place} ${code}`)) found.error('message', code, params ?? {}, place);
      said.add(`${place} ${code}`);
    }
  }
  const ready = written.filter(({ channel }) => connected.has(channel.name)).length;
  // Of the messengers somebody has, not of all there are.
  if (sound && ready > 0) found.ok('message', 'message_ready', { ready, total: connected.size });
}

/** Pictures that a platform could not get at, and for which bots. */
function checkPictures(
  { channels, publicUrl }: CheckDeps,
  content: Content,
  going: readonly Bot[],
  found: Findings,
): void {
  for (const [name, bots] of groupBy(going, ({ channel }) => channel)) {
    const message = messageFor(content, name);
    const channel = channels.get(name);
    if (!message || !channel) continue;
    const variant = content.synchronised ? EVERY_CHANNEL : name;
    for (const { path, code } of picturesOutOfReach(message, channel.capabilities, publicUrl())) {
      const params = { bots: bots.map((bot) => bot.name).join(', ') };
      found.error('message', code, params, `content.variants.${variant}.${path}`);
    }
  }
}

/** What the message loses on the messengers that its people are on: the preview shows each. */
function noteAdaptations({ channels }: CheckDeps, content: Content, count: AudienceCount, found: Findings): void {
  for (const { name, capabilities } of channels.values()) {
    const message = (count.byChannel[name] ?? 0) > 0 ? messageFor(content, name) : null;
    const losses = message ? fit(message, capabilities).losses.length : 0;
    if (losses > 0) found.warn('message', 'message_adapted', { channel: name, count: losses });
  }
}

// --- Audience -------------------------------------------------------------------------------

/** A tag or attribute may have gone since the draft was saved. */
async function soundFilter({ db }: CheckDeps, audience: Filter, found: Findings): Promise<Filter | null> {
  try {
    return parseFilter(audience, await listFields(db));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const { path, code, params } of error.fields) found.error('audience', code, params ?? {}, path);
    return null;
  }
}

function checkAudience(matching: AudienceCount, reached: number, sound: boolean, found: Findings): void {
  for (const [channel, people] of Object.entries(matching.noVariantByChannel)) {
    if (people > 0) found.warn('message', 'no_variant', { channel, count: people });
  }
  if (reached > 0) found.ok('audience', 'recipients', { count: reached });
  else if (matching.total > 0) found.error('audience', 'everybody_left_out', { count: matching.total }, 'settings');
  else if (sound) found.error('audience', 'nobody_matches', {}, 'audience');
}

function checkBots(campaign: Campaign, bots: readonly Bot[], count: AudienceCount, found: Findings): void {
  const { via } = campaign.settings;
  const chosen =
    via.mode === 'bots'
      ? bots.filter((bot) => via.bots.includes(bot.publicId))
      : bots.filter((bot) => (count.byBot[bot.publicId] ?? 0) > 0);
  if (via.mode === 'bots' && chosen.length < via.bots.length)
    found.error('audience', 'bot_gone', {}, 'settings.via.bots');
  const idle = chosen.filter((bot) => bot.status !== 'connected');
  for (const bot of idle)
    found.warn('sending', `bot_${bot.status}`, { name: bot.name, count: count.byBot[bot.publicId] ?? 0 });
  if (bots.length === 0) found.error('audience', 'no_bot', {}, 'settings.via');
  else if (idle.length === 0 && chosen.length > 0) found.ok('sending', 'bots_connected', { count: chosen.length });
}

// --- Sending --------------------------------------------------------------------------------

/** From this speed on a small site may feel the people who follow a link. */
const RUSH = 25;

function checkSpeed({ settings }: Campaign, content: Content, written: readonly string[], found: Findings): void {
  const host = written.map((name) => linkedHost(messageFor(content, name))).find((one) => one !== null);
  if (host && (settings.speed ?? RUSH) >= RUSH)
    found.warn('sending', 'link_rush', { host, speed: settings.speed ?? RUSH }, 'settings.speed');
}

function checkCanary({ settings: { canary } }: Campaign, total: number, found: Findings): void {
  if (canary === null || total === 0) return;
  const { people, minutes } = canary;
  if (total <= people) found.warn('sending', 'canary_all', { count: people }, 'settings.canary.people');
  else if (minutes === 0) found.ok('sending', 'canary_at_once', { count: people });
  else found.ok('sending', 'canary', { count: people, minutes });
}

function linkedHost(message: Message | null): string | null {
  const link = message ? buttonsOf(message).find((button) => button.kind === 'link') : undefined;
  return link && URL.canParse(link.url) ? new URL(link.url).host : null;
}
