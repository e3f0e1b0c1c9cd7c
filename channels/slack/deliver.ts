// Sends payloads, one call each, to people by their user ids: the platform opens the conversation with the app by itself.
import type { ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { unanswered } from '../lib/json-api.ts';
import { callSlack } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { SlackPayload } from './render.ts';

export interface DeliverDeps {
  http: HttpClient;
  now: () => number;
}

export type Deliver = (envelopes: readonly Envelope[], bot: ChannelBot) => Promise<Outcome[]>;

/** People, and no channels: a mailing must not be able to reach a whole channel by a mistyped address. */
const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

export function createDeliver({ http, now }: DeliverDeps): Deliver {
  const send = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    if (!USER_ID.test(address))
      return { status: 'refused', reason: 'unreachable', detail: 'not a Slack user id', connection: 'unreachable' };
    // Payloads are opaque JSON outside this folder; only `render` makes them.
    const { unfetchable, ...message } = payload as unknown as SlackPayload;
    if (unfetchable !== undefined)
      return {
        status: 'refused',
        reason: 'content_refused',
        detail: `the picture ${unfetchable} has no https address that Slack could fetch`,
      };
    try {
      return outcomeOf(
        await callSlack(http, bot, { method: 'chat.postMessage', json: { channel: address, ...message } }),
        now(),
      );
    } catch (error) {
      return unanswered(error);
    }
  };
  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}
