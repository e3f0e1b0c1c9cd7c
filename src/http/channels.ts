// The messengers this server can speak, and what each of them can do.
import * as z from 'zod';
import type { Channel } from '../domain/channel.ts';
import { hasText, translate } from '../i18n.ts';
import { type ChannelInfo, channelSchema } from './api/bots.ts';
import type { HttpDeps } from './deps.ts';
import { guarded, type Route } from './route.ts';

/** A messenger's own name, as people know it. */
export function channelTitle(language: string, name: string): string {
  const key = `channels:${name}.title`;
  return hasText(key) ? translate(language, key) : name;
}

const text = (language: string, key: string): string => (hasText(key) ? translate(language, key) : '');

const toInfo = ({ name, capabilities, credentials }: Channel, language: string): ChannelInfo => ({
  name,
  title: channelTitle(language, name),
  capabilities: z.json().parse(capabilities) as ChannelInfo['capabilities'],
  credentials: credentials.map(({ key, secret, required, pattern }) => ({
    key,
    secret,
    required,
    ...(pattern === undefined ? {} : { pattern }),
    label: text(language, `channels:${name}.${key}.label`) || key,
    help: text(language, `channels:${name}.${key}.help`),
  })),
});

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
