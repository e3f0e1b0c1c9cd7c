// The round trip of a bot that was just connected: somebody wrote to it, so it hears; here it answers them, so it speaks.
// The answer goes straight to the platform: it belongs to no mailing and is counted nowhere. Beside it, the platform's list of
// templates.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Channel, Outcome, RenderLinks } from '../domain/channel.ts';
import { fit } from '../domain/fit.ts';
import { Problem } from '../domain/problem.ts';
import { isTracked } from '../domain/template-links.ts';
import { fullName } from '../domain/text.ts';
import { pickLanguage, translate } from '../i18n.ts';
import { type Bot, getBot, toChannelBot } from '../store/bots.ts';
import { lastHeardFrom } from '../store/connections.ts';
import { getSubscriberById } from '../store/subscribers.ts';
import { botHelloSchema, templateInfoSchema } from './api/bots.ts';
import { channelNamed } from './bot-connect.ts';
import type { RouteDeps } from './route-deps.ts';
import { refuseInCopy } from './instance.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

/** Whoever wrote longer ago is not the one who tries it now. */
const RECENT_MS = 15 * 60_000;

/** Whoever looks for a template may have had it approved a minute ago. */
const SHOWN_MS = 60_000;

/** A greeting has neither buttons nor links of its own. */
const plainLinks = (base: string): RenderLinks => ({
  button: () => ({}),
  inline: (url) => url,
  image: () => ({ url: null, media: null }),
  unsubscribe: () => base,
  pixel: () => base,
});

export function botHelloRoutes(deps: RouteDeps): Route[] {
  const { db, keyring, config, now } = deps;
  const find = async (id: string | undefined): Promise<{ bot: Bot; channel: Channel }> => {
    const bot = await getBot(db, id ?? '');
    if (!bot) throw new Problem('not_found');
    return { bot, channel: channelNamed(deps, bot.channel) };
  };

  return [
    guarded({
      method: 'post',
      path: '/bots/:id/hello',
      tag: 'Bots',
      summary: 'Answer whoever wrote to this bot last, within 15 minutes: a test in both directions.',
      needs: 'admin',
      answer: botHelloSchema,
      async handle({ params, actor, language }) {
        const { bot, channel } = await find(params.id);
        await refuseInCopy(deps);
        const connection = await lastHeardFrom(db, bot.id, now() - RECENT_MS);
        const person = connection && (await getSubscriberById(db, connection.subscriberId));
        if (!connection || !person) throw new Problem('nobody_heard');
        const name = fullName(person.firstName, person.lastName);
        const text = translate(pickLanguage(person.locale, language), 'server:hello');
        const { message } = fit({ elements: [{ kind: 'text', text: [{ text }] }] }, channel.capabilities);
        const key = randomUUID();
        const envelopes = channel
          .render(message, plainLinks(deps.publicUrl()), [])
          .map((payload, index) => ({ payload, address: connection.externalId, key: `${key}:${index}` }));
        const outcomes = await channel.deliver(envelopes, toChannelBot(bot, keyring, config.apiRoots));
        const failed = outcomes.find(({ status }) => status !== 'accepted');
        await record(db, now(), actor, { action: 'bot.hello', target: bot.publicId });
        return {
          person: name === '' ? null : name,
          arrived: failed === undefined,
          detail: failed ? wordsOf(failed) : null,
        };
      },
    }),
    guarded({
      method: 'get',
      path: '/bots/:id/templates',
      tag: 'Bots',
      summary: 'The templates of this account and how each stands with the platform, as read within the last minute.',
      needs: 'read',
      answer: z.object({ items: z.array(templateInfoSchema) }),
      async handle({ params }) {
        const { bot, channel } = await find(params.id);
        if (!channel.templates) throw new Problem('no_templates');
        const list = await deps.templates.of(bot, SHOWN_MS);
        const base = deps.publicUrl();
        return {
          items: list.map(({ buttons, ...info }) => ({
            ...info,
            buttons: buttons.map((button) => ({ ...button, tracked: isTracked(button, base) })),
          })),
        };
      },
    }),
  ];
}

const wordsOf = (outcome: Outcome): string => ('detail' in outcome ? outcome.detail : outcome.status);
