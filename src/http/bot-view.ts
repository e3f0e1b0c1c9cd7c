// A bot as the API shows it: secrets masked, addresses filled in. What a messenger does differently is asked of its
// capabilities.
import type { Channel } from '../domain/channel.ts';
import { isInDanger, type RenewalState } from '../domain/renewal.ts';
import { type Bot as BotRow, type BotSecrets, maskSecret, openSecrets, webhookPath } from '../store/bots.ts';
import type { BotCount } from '../store/bot-counts.ts';
import type { Bot } from './api/bots.ts';
import type { HttpDeps } from './deps.ts';

export const DEFAULT_WIDGET = { origins: [], title: '', color: '#1971c2' } as const;

/** People of such a bot write on our own pages: it has a snippet instead of a link. */
export const livesOnWebsites = (channel: Channel | undefined): boolean =>
  channel?.capabilities.inbound.includes('socket') ?? false;

/** `{ref}` becomes the tag; without one the parameter that carries it goes. */
export const linkWith = (link: string, ref: string | null): string =>
  ref === null
    ? link.replace(/[?&][^?&=]*=\{ref\}/, '').replaceAll('{ref}', '')
    : link.replaceAll('{ref}', encodeURIComponent(ref));

export function toBot(deps: HttpDeps, bot: BotRow, base: string | null, count: BotCount | undefined): Bot {
  const channel = deps.channels.get(bot.channel);
  const { apiRoot, rate, monthlyFree, simulated, widget, renewal } = bot.settings;
  const website = livesOnWebsites(channel);
  return {
    id: bot.publicId,
    channel: bot.channel,
    name: bot.name,
    username: bot.profile.username,
    picture: bot.profile.picture,
    link: website
      ? `${deps.publicUrl()}/demo?bot=${bot.publicId}`
      : bot.profile.link && linkWith(bot.profile.link, null),
    // Nobody is shown a disconnected bot, save in the answer to a request that overtook its end.
    status: bot.status === 'disconnected' ? 'paused' : bot.status,
    secrets: maskedSecrets(openSecrets(deps.keyring, bot), channel),
    apiRoot: apiRoot ?? null,
    simulated: simulated ?? false,
    rate: rate ?? null,
    monthlyFree: monthlyFree ?? null,
    credentialsEndAt: renewal?.endsAt ?? null,
    renewalFailed: renewalFailed(renewal, channel, deps.now()),
    webhookState: bot.webhookState,
    webhookUrl: bot.webhookState === 'manual' ? `${base ?? deps.publicUrl()}${webhookPath(bot.webhookKey)}` : null,
    lastInboundAt: bot.lastInboundAt,
    lastOutboundAt: bot.lastOutboundAt,
    lastErrorAt: bot.lastErrorAt,
    lastError: bot.lastError,
    subscribers: count?.subscribers ?? 0,
    active: count?.active ?? 0,
    createdAt: bot.createdAt,
    widget: website
      ? {
          snippet: snippet(deps.publicUrl(), bot.publicId),
          ...DEFAULT_WIDGET,
          ...widget,
          origins: [...(widget?.origins ?? [])],
        }
      : null,
  };
}

const renewalFailed = (state: RenewalState | undefined, channel: Channel | undefined, now: number): string | null =>
  state && channel?.renewal && isInDanger(state, channel.renewal, now) ? state.failed : null;

const snippet = (base: string, id: string): string =>
  `<script async src="${base}/widget.js" data-bot="${id}"></script>`;

/** Of credentials only those the channel calls secret, and of them only the last characters. */
function maskedSecrets({ credentials }: BotSecrets, channel: Channel | undefined): Record<string, string> {
  const secret = (key: string): boolean => channel?.credentials.find((field) => field.key === key)?.secret ?? true;
  return Object.fromEntries(
    Object.entries(credentials)
      .filter(([key]) => secret(key))
      .map(([key, value]) => [key, maskSecret(value)]),
  );
}
