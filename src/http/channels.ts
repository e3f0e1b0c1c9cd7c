// The messengers this server can speak, and what each of them can do.
import * as z from 'zod';
import type { Channel } from '../domain/channel.ts';
import { hasText, translate, translateList } from '../i18n.ts';
import { type ChannelInfo, channelSchema } from './api/bots.ts';
import type { HttpDeps } from './deps.ts';
import { guarded, type Route } from './route.ts';

/** A messenger's own name, as people know it. */
export function channelTitle(language: string, name: string): string {
  const key = `channels:${name}.title`;
  return hasText(key) ? translate(language, key) : name;
}

const text = (language: string, key: string): string => (hasText(key) ? translate(language, key) : '');

const toInfo = ({ name, capabilities, badge, credentials, templates }: Channel, language: string): ChannelInfo => {
  const own = (key: string): string => `channels:${name}.${key}`;
  return {
    name,
    title: channelTitle(language, name),
    help: text(language, own('help')),
    capabilities: z.json().parse(capabilities) as ChannelInfo['capabilities'],
    badge: badge ? { ...badge, icon: [...badge.icon] } : null,
    credentials: credentials.map(({ key, secret, required, pattern }) => ({
      key,
      secret,
      required,
      ...(pattern === undefined ? {} : { pattern }),
      label: text(language, own(`${key}.label`)) || key,
      help: text(language, own(`${key}.help`)),
      shape: text(language, own(`${key}.shape`)),
    })),
    where: translateList(language, own('where')),
    manual: translateList(language, own('manual')),
    policy: text(language, own('policy')),
    choices: (capabilities.choices ?? []).map(({ key }) => ({
      key,
      label: text(language, own(`choices.${key}.label`)) || text(language, own(`choices.${key}`)) || key,
      help: text(language, own(`choices.${key}.help`)),
    })),
    templates: templates !== undefined,
  };
};

export const channelRoutes = ({ channels }: HttpDeps): Route[] => [
  guarded({
    method: 'get',
    path: '/channels',
    tag: 'Bots',
    summary: 'The messengers, what each can do, and what connecting a bot asks for.',
    needs: 'read',
    answer: z.object({ items: z.array(channelSchema) }),
    handle: ({ language }) => ({ items: [...channels.values()].map((channel) => toInfo(channel, language)) }),
  }),
];
