// The bots as the engine sees them: credentials opened, the limit of each as a gate, the pace to each person. Read
// again every tick, so that a paused bot, a new token or a moved limit is noticed without being told.
import type { Channel, ChannelBot } from '../domain/channel.ts';
import { limits } from '../domain/rate.ts';
import { type Bot, listEveryBot, toChannelBot, webhookPath } from '../store/bots.ts';
import type { OutboundDeps } from './context.ts';
import { createChatPace, type ChatPace } from './chat-pace.ts';
import { createHostPace, type HostPace } from './host-pace.ts';
import type { Limit, Limits } from './limit.ts';
import { createReach, type Reach } from './reach.ts';
import type { Gate } from './throttle.ts';

export interface LiveBot {
  id: number;
  row: Bot;
  channel: Channel;
  channelBot: ChannelBot;
  limit: Limit;
  /** That of the limit. */
  gate: Gate;
  chats: ChatPace;
  /** Null where there are no hosts to be gentle with. */
  hosts: HostPace | null;
  reach: Reach;
  /** The limit that holds for a mailing with these choices: the bot's own, or a higher one, which its free messages never use. */
  limitFor(choices: readonly string[]): Limit;
  /** Every limit of it that is in use. */
  limits(): Limit[];
}

export interface LiveBots {
  refresh(): Promise<void>;
  get(id: number): LiveBot | undefined;
  all(): LiveBot[];
  end(): void;
}

export function createLiveBots(deps: OutboundDeps, among: Limits): LiveBots {
  const bots = new Map<number, LiveBot>();

  const accessOf = (row: Bot): ChannelBot => ({
    ...toChannelBot(row, deps.keyring, deps.apiRoots),
    webhookUrl: deps.publicUrl() + webhookPath(row.webhookKey),
  });

  function open(row: Bot, channel: Channel): LiveBot {
    const { bot: rate, chat } = limits(channel.capabilities, row.settings, { speed: null });
    const limit = among.open(`bot:${row.id}`, rate);
    const raised = new Map<number | null, Limit>();
    const channelBot = accessOf(row);
    const partHere = (): number => {
      const all = limits(channel.capabilities, bot.row.settings, { speed: null }).bot;
      return (limit.share() ?? 0) / (all ?? 0) || 1;
    };
    const bot: LiveBot = {
      id: row.id,
      row,
      channel,
      channelBot,
      limit,
      gate: limit.gate,
      chats: createChatPace(chat),
      hosts: channel.hosts ? createHostPace(channel.hosts.of, channel.hosts.rates(channelBot), partHere) : null,
      reach: createReach(),
      limitFor(choices) {
        const own = limits(channel.capabilities, bot.row.settings, { speed: null }).bot;
        const chosen = limits(channel.capabilities, bot.row.settings, { speed: null, choices }).bot;
        if (chosen === own) return limit;
        const known = raised.get(chosen) ?? among.open(`bot:${row.id}:${chosen}`, chosen);
        raised.set(chosen, known);
        return known;
      },
      limits: () => [limit, ...raised.values()],
    };
    return bot;
  }

  function update(bot: LiveBot, row: Bot): void {
    const before = bot.row;
    bot.row = row;
    bot.limit.setRate(limits(bot.channel.capabilities, row.settings, { speed: null }).bot);
    const sameAccess =
      row.secrets === before.secrets &&
      row.settings.apiRoot === before.settings.apiRoot &&
      bot.channelBot.webhookUrl === deps.publicUrl() + webhookPath(row.webhookKey);
    if (sameAccess) return;
    bot.channelBot = accessOf(row);
    if (bot.channel.hosts) bot.hosts?.setRates(bot.channel.hosts.rates(bot.channelBot));
  }

  return {
    async refresh() {
      const rows = await listEveryBot(deps.db);
      deps.sawBots?.(rows);
      for (const row of rows) {
        const channel = deps.channels.get(row.channel);
        const known = bots.get(row.id);
        if (known) update(known, row);
        else if (channel) bots.set(row.id, open(row, channel));
      }
    },
    get: (id) => bots.get(id),
    all: () => [...bots.values()],
    end() {
      for (const limit of [...bots.values()].flatMap((bot) => bot.limits())) limit.end();
    },
  };
}
