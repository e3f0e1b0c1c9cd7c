// Sends one message a call. Where the platform can call us it is told, with each message, where to tell what became of it.
import type { ChannelBot, Deliver } from '../../src/domain/channel.ts';
import { isCallable } from '../lib/api-root.ts';
import { senderKind } from './capabilities.ts';
import type { SmsClient } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { SmsPayload } from './render.ts';
import { COMES_AGAIN } from './signature.ts';

export interface DeliverDeps {
  client: SmsClient;
  now: () => number;
}

export const createDeliver =
  ({ client, now }: DeliverDeps): Deliver =>
  (envelopes, bot) =>
    Promise.all(
      envelopes.map(async ({ payload, address }) => {
        // Payloads are opaque JSON outside this folder; only `render` makes them.
        const { body } = payload as unknown as SmsPayload;
        const answer = await client.account(bot, 'POST', 'Messages', {
          To: address,
          ...senderOf(bot),
          Body: body,
          ...callbackOf(bot),
        });
        return outcomeOf(answer, now(), senderKind(bot.credentials.from ?? ''));
      }),
    );

const senderOf = ({ credentials: { from = '' } }: ChannelBot): Record<string, string> =>
  senderKind(from) === 'service' ? { MessagingServiceSid: from } : { From: from };

/** The platform refuses a message whose callback it cannot call (21609); an API root of one's own may be on this machine. */
const callbackOf = (bot: ChannelBot): Record<string, string> =>
  isCallable(bot.webhookUrl, bot) ? { StatusCallback: bot.webhookUrl + COMES_AGAIN } : {};
