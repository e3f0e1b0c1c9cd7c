// The bots of simulated messengers: one for each, connected as a person would connect one. A simulated bot outlives its
// simulator: after a restart the same bot is an account of the new one, with the same people.
import { SIMULATORS } from '../channels/simulators.ts';
import type { House } from './boot.ts';
import type { Bus } from './bus.ts';
import type { Channel } from './domain/channel.ts';
import { fieldProblem } from './domain/problem.ts';
import { originOf } from './domain/simulator.ts';
import { establishBot } from './http/bot-establish.ts';
import type { Logger } from './log.ts';
import type { SimulatorProcess } from './simulator-process.ts';
import {
  type Bot,
  findBotByExternalId,
  listBots,
  openSecrets,
  toChannelBot,
  updateBot,
  webhookPath,
} from './store/bots.ts';

export interface SimulatorBotDeps extends House {
  bus: Bus;
  log: Logger;
  now: () => number;
  /** Where this server is found on this machine. */
  localUrl: () => string;
  /** Origins our own calls may reach although they lie on this machine. */
  trusted: Set<string>;
}

/** What `POST bots` answers: the channel's form, filled in. */
interface Account {
  credentials: Record<string, string>;
  /** Where the platform is, when that is not the simulator's own address. */
  apiRoot?: string;
}

const BOT_NAME = 'Simulated shop';

/** The newest of each channel. */
export async function simulatedBots({ db }: Pick<House, 'db'>): Promise<Map<string, Bot>> {
  const bots = (await listBots(db)).filter((bot) => bot.settings.simulated === true);
  return new Map(bots.map((bot) => [bot.channel, bot]));
}

/** Connects a bot to a simulator, or the one it had in an earlier run again. */
export async function connectSimulated(
  deps: SimulatorBotDeps,
  simulator: SimulatorProcess,
  known: Bot | undefined,
): Promise<Bot> {
  const channel = deps.channels.get(simulator.channel);
  if (!channel) throw fieldProblem('channels', 'simulator_channel', { permitted: Object.keys(SIMULATORS).join(', ') });
  return known ? reconnect(deps, channel, simulator, known) : connect(deps, channel, simulator);
}

async function connect(deps: SimulatorBotDeps, channel: Channel, simulator: SimulatorProcess): Promise<Bot> {
  const { credentials, apiRoot = simulator.origin } = await simulator.tell<Account>('POST', 'bots', {
    name: BOT_NAME,
    mailPort: deps.config.mail?.port ?? null,
  });
  deps.trusted.add(originOf(apiRoot));
  const { externalId, name, ...profile } = await channel.check({
    id: 0,
    publicId: '',
    externalId: '',
    name: BOT_NAME,
    credentials,
    apiRoot,
    webhookSecret: '',
  });
  const { username, picture, link } = profile;
  return establishBot(
    deps,
    {
      channel,
      externalId,
      name,
      profile: { username, picture, link },
      credentials,
      settings: { simulated: true, apiRoot },
      known: await findBotByExternalId(deps.db, channel.name, externalId),
    },
    (key) => webhookUrl(deps, channel, key),
  );
}

/** The account comes back under its own credentials; only the address is new. */
async function reconnect(
  deps: SimulatorBotDeps,
  channel: Channel,
  simulator: SimulatorProcess,
  bot: Bot,
): Promise<Bot> {
  const { db, keyring, config, bus, trusted } = deps;
  const { apiRoot = simulator.origin } = await simulator.tell<Account>('POST', 'bots', {
    name: bot.name,
    username: bot.profile.username,
    credentials: openSecrets(keyring, bot).credentials,
    mailPort: config.mail?.port ?? null,
  });
  trusted.add(originOf(apiRoot));
  const moved = (await updateBot(db, bot.id, { settings: { ...bot.settings, apiRoot }, status: 'connected' })) ?? bot;
  bus.publish('bot', { id: bot.id });
  const { webhook } = await channel.connect(
    toChannelBot(moved, keyring, config.apiRoots),
    webhookUrl(deps, channel, bot.webhookKey),
  );
  return (await updateBot(db, bot.id, { webhookState: webhook })) ?? moved;
}

/** Polled where the messenger allows it: then it does not matter how this server is reached. */
const webhookUrl = ({ localUrl }: SimulatorBotDeps, { capabilities }: Channel, key: string): string | null =>
  capabilities.inbound.includes('polling') ? null : localUrl() + webhookPath(key);
