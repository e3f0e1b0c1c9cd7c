// Bots: connect one, look after it, and hand out the link people subscribe by.
import QRCode from 'qrcode';
import * as z from 'zod';
import type { ChannelBot } from '../domain/channel.ts';
import { fieldProblem, Problem } from '../domain/problem.ts';
import {
  type Bot as BotRow,
  type BotChange,
  findBotByExternalId,
  getBot,
  listBots,
  openSecrets,
  toChannelBot,
  updateBot,
  webhookPath,
} from '../store/bots.ts';
import type { Logger } from '../log.ts';
import { type BotCount, countByBot } from '../store/bot-counts.ts';
import { newPublicId } from '../store/database.ts';
import { newToken } from '../store/secrets.ts';
import {
  type Bot,
  botBodySchema,
  botCheckSchema,
  botLinkSchema,
  botListSchema,
  botPatchSchema,
  botSchema,
  widgetSecretBodySchema,
  widgetSecretSchema,
} from './api/bots.ts';
import { askPlatform, channelNamed, checkCredentials } from './bot-connect.ts';
import { disconnectBot, resumeDisconnecting } from './bot-disconnect.ts';
import { establishBot, reestablishBot } from './bot-establish.ts';
import { DEFAULT_WIDGET, linkWith, livesOnWebsites, toBot } from './bot-view.ts';
import { renewSecret, widgetOf } from './bot-widget.ts';
import { logOf } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { refuseInCopy } from './instance.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';
import { widgetSecret } from './widget-identity.ts';
import { webhookBase } from './workspace.ts';

/** Counting walks over all connections; the bots page asks often. */
const COUNT_FOR_MS = 5000;

export function botRoutes(deps: HttpDeps): Route[] {
  const { db, keyring, now, bus, config } = deps;
  // The operator's command line is gone again in a moment.
  if (!deps.operator) {
    resumeDisconnecting(deps).catch((error: unknown) => deps.log.error({ event: 'bot.not_resumed', err: error }));
  }

  let counted: { at: number; counts: Promise<Map<number, BotCount>> } | null = null;
  const counts = (): Promise<Map<number, BotCount>> => {
    if (!counted || now() - counted.at > COUNT_FOR_MS) counted = { at: now(), counts: countByBot(db) };
    return counted.counts;
  };

  const show = async (bot: BotRow): Promise<Bot> =>
    toBot(deps, bot, await webhookBase(deps), (await counts()).get(bot.id));

  const find = async (id: string | undefined): Promise<BotRow> => {
    const bot = await getBot(db, id ?? '');
    if (!bot) throw new Problem('not_found');
    return bot;
  };

  /** What the channel is told to call; null where nobody outside can reach us. */
  const webhookUrl = async (key: string): Promise<string | null> => {
    const base = await webhookBase(deps);
    return base === null ? null : base + webhookPath(key);
  };

  /** Checks new credentials or a new address with the platform; answers what changes in the row. */
  const reconnect = async (bot: BotRow, body: z.output<typeof botPatchSchema>, log: Logger): Promise<BotChange> => {
    await refuseInCopy(deps);
    const channel = channelNamed(deps, bot.channel);
    // Whoever replaces one secret of several need not have the others at hand.
    const kept = openSecrets(keyring, bot).credentials;
    const credentials = body.credentials ? checkCredentials(channel, { ...kept, ...body.credentials }) : kept;
    const apiRoot = body.apiRoot === undefined ? (bot.settings.apiRoot ?? null) : body.apiRoot;
    const asked: ChannelBot = { ...toChannelBot(bot, keyring, config.apiRoots), credentials };
    const account: ChannelBot = { ...asked, apiRoot: apiRoot ?? config.apiRoots[bot.channel] ?? null };
    const { externalId, name } = await askPlatform({ log }, channel, (it) => it.check(account));
    // Its people subscribed to that account: another account is another bot.
    if (externalId !== bot.externalId) throw fieldProblem('credentials', 'bot_other_account', { name });
    const url = await webhookUrl(bot.webhookKey);
    return reestablishBot({ ...deps, log }, { bot, channel, account }, url);
  };

  return [
    guarded({
      method: 'get',
      path: '/bots',
      tag: 'Bots',
      summary: 'All connected bots.',
      needs: 'read',
      answer: botListSchema,
      async handle() {
        const [base, people] = [await webhookBase(deps), await counts()];
        return { items: (await listBots(db)).map((bot) => toBot(deps, bot, base, people.get(bot.id))) };
      },
    }),
    guarded({
      method: 'post',
      path: '/bots/check',
      tag: 'Bots',
      summary: 'Ask the platform who these credentials belong to. Saves nothing.',
      needs: 'admin',
      body: botBodySchema,
      answer: botCheckSchema,
      async handle({ body, response }) {
        const channel = channelNamed(deps, body.channel);
        const bot: ChannelBot = {
          id: 0,
          publicId: newPublicId(),
          externalId: '',
          name: body.name ?? '',
          credentials: checkCredentials(channel, body.credentials),
          apiRoot: body.apiRoot ?? config.apiRoots[body.channel] ?? null,
          webhookSecret: newToken(),
        };
        const { name, username, picture, link } = await askPlatform({ log: logOf(deps.log, response) }, channel, (it) =>
          it.check(bot),
        );
        return { name, username, picture, link: link && linkWith(link, null) };
      },
    }),
    guarded({
      method: 'post',
      path: '/bots',
      tag: 'Bots',
      summary: 'Connect a bot.',
      needs: 'admin',
      status: 201,
      body: botBodySchema,
      answer: botSchema,
      async handle({ body, actor, response }) {
        const channel = channelNamed(deps, body.channel);
        const given = checkCredentials(channel, body.credentials);
        const credentials = channel.prepare?.(given) ?? given;
        const website = livesOnWebsites(channel);
        if (website && !body.name) throw fieldProblem('name', 'bot_name_missing');
        await refuseInCopy(deps);
        const log = logOf(deps.log, response);
        const account: ChannelBot = {
          id: 0,
          publicId: newPublicId(),
          externalId: '',
          name: body.name ?? '',
          credentials,
          apiRoot: body.apiRoot ?? config.apiRoots[body.channel] ?? null,
          webhookSecret: newToken(),
        };
        const found = await askPlatform({ log }, channel, (it) => it.check(account));
        const known = await findBotByExternalId(db, channel.name, found.externalId);
        if (known && known.status !== 'disconnected') throw new Problem('bot_exists', { name: known.name });
        const name = body.name || found.name;
        const widget = known?.settings.widget ?? { ...DEFAULT_WIDGET, origins: [], title: name };
        const base = await webhookBase(deps);
        const bot = await establishBot(
          { ...deps, log },
          {
            channel,
            externalId: found.externalId,
            name,
            profile: { username: found.username, picture: found.picture, link: found.link },
            credentials,
            settings: { apiRoot: body.apiRoot ?? null, ...(website ? { widget } : {}) },
            known,
            publicId: account.publicId,
          },
          (key) => (base === null ? null : base + webhookPath(key)),
        );
        await record(db, now(), actor, {
          action: 'bot.connected',
          target: bot.publicId,
          data: { name, channel: channel.name },
        });
        return show(bot);
      },
    }),
    guarded({
      method: 'get',
      path: '/bots/:id',
      tag: 'Bots',
      summary: 'One bot.',
      needs: 'read',
      answer: botSchema,
      handle: async ({ params }) => show(await find(params.id)),
    }),
    guarded({
      method: 'patch',
      path: '/bots/:id',
      tag: 'Bots',
      summary: 'Rename, pause, limit or re-connect a bot, or change how its website chat looks.',
      needs: 'admin',
      body: botPatchSchema,
      answer: botSchema,
      async handle({ params, body, actor, response }) {
        const bot = await find(params.id);
        if (body.widget && !livesOnWebsites(deps.channels.get(bot.channel))) {
          throw fieldProblem('widget', 'value_unknown', { field: 'widget' });
        }
        const asked = body.credentials !== undefined || body.apiRoot !== undefined;
        const change: BotChange = asked ? await reconnect(bot, body, logOf(deps.log, response)) : {};
        if (body.name !== undefined) change.name = body.name;
        if (body.paused !== undefined) change.status = body.paused ? 'paused' : 'connected';
        // Other credentials have a life of their own.
        const { renewal, ...settings } = bot.settings;
        change.settings = {
          ...settings,
          ...(renewal && !body.credentials ? { renewal } : {}),
          ...(body.rate === undefined ? {} : { rate: body.rate }),
          ...(body.monthlyFree === undefined ? {} : { monthlyFree: body.monthlyFree }),
          ...(body.apiRoot === undefined ? {} : { apiRoot: body.apiRoot }),
          ...(body.widget ? { widget: widgetOf(bot, body.widget) } : {}),
        };
        const changed = await updateBot(db, bot.id, change);
        await record(db, now(), actor, {
          action: 'bot.changed',
          target: bot.publicId,
          data: { fields: Object.keys(body) },
        });
        bus.publish('bot', { id: bot.id });
        return show(changed ?? bot);
      },
    }),
    guarded({
      method: 'delete',
      path: '/bots/:id',
      tag: 'Bots',
      summary:
        'Disconnect a bot: erases its credentials and writes to its people no more. Connecting the same account brings both back.',
      needs: 'admin',
      status: 204,
      async handle({ params, actor, response }) {
        const bot = await find(params.id);
        await disconnectBot({ ...deps, log: logOf(deps.log, response) }, bot);
        counted = null;
        await record(db, now(), actor, {
          action: 'bot.disconnected',
          target: bot.publicId,
          data: { name: bot.name, channel: bot.channel },
        });
      },
    }),
    guarded({
      method: 'post',
      path: '/bots/:id/widget-secret',
      tag: 'Bots',
      summary: "The secret a website signs its users' ids with. For the website's server; never for a browser.",
      needs: 'admin',
      body: widgetSecretBodySchema,
      answer: widgetSecretSchema,
      async handle({ params, body: { renew }, actor, response }) {
        const bot = await find(params.id);
        if (!livesOnWebsites(deps.channels.get(bot.channel))) throw new Problem('not_found');
        const action = renew ? 'bot.widget_secret_renewed' : 'bot.widget_secret_shown';
        const renewed = renew && (await renewSecret(db, bot));
        await record(db, now(), actor, { action, target: bot.publicId });
        response.setHeader('Cache-Control', 'no-store');
        return { secret: widgetSecret(keyring, renewed || bot) };
      },
    }),
    guarded({
      method: 'get',
      path: '/bots/:id/link',
      tag: 'Bots',
      summary: 'The link people subscribe by, and its QR code as SVG.',
      needs: 'read',
      query: z.object({
        ref: z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,64}$/)
          .optional(),
      }),
      answer: botLinkSchema,
      async handle({ params, query }) {
        const bot = await find(params.id);
        const template = bot.profile.link ?? toBot(deps, bot, null, undefined).link;
        if (template === null) throw new Problem('bot_without_link');
        const link = linkWith(template, query.ref ?? null);
        return { link, qr: await QRCode.toString(link, { type: 'svg', margin: 1 }) };
      },
    }),
  ];
}
