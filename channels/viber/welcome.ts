// The answer to someone who opens the chat: one free message, with a button that subscribes and carries on the tag of the
// link they came over. The platform tells that tag only here, before anyone has subscribed. Pure.
import type { ChannelBot, HttpAnswer } from '../../src/domain/channel.ts';
import { asText, isRecord } from '../lib/json.ts';
import { SENDER_NAME_MAX } from './capabilities.ts';
import { START } from './marks.ts';

export type Translate = (language: string, key: string, params?: Record<string, string>) => string;

export function welcome(update: unknown, bot: ChannelBot, translate: Translate): HttpAnswer | null {
  if (!isRecord(update) || update.event !== 'conversation_started' || update.subscribed === true) return null;
  const language = isRecord(update.user) ? asText(update.user.language) : '';
  const ref = asText(update.context).trim();
  const message = {
    sender: { name: [...bot.name].slice(0, SENDER_NAME_MAX).join('') },
    type: 'text',
    text: translate(language, 'channels:viber.welcome', { name: bot.name }),
    keyboard: {
      Type: 'keyboard',
      DefaultHeight: false,
      Buttons: [
        {
          Columns: 6,
          Rows: 1,
          ActionType: 'reply',
          ActionBody: ref === '' ? START : `${START}:${ref}`,
          Text: translate(language, 'channels:viber.start'),
          TextSize: 'regular',
        },
      ],
    },
  };
  return { status: 200, type: 'application/json', body: JSON.stringify(message) };
}
