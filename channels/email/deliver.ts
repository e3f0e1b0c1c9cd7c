// Sends letters, one transaction each: personal headers leave no other way.
import type { ChannelBot, Deliver, Envelope, Outcome } from '../../src/domain/channel.ts';
import type { MailClient } from './client.ts';
import { type Compose, PictureMissing } from './compose.ts';
import { hostOf } from './hosts.ts';
import { cleaned, outcomeOf } from './outcome.ts';
import { createPatience } from './patience.ts';

export interface DeliverDeps {
  client: MailClient;
  compose: Compose;
  now: () => number;
}

export function createDeliver({ client, compose, now }: DeliverDeps): Deliver {
  const patience = createPatience();
  const send = async (envelope: Envelope, bot: ChannelBot): Promise<Outcome> => {
    try {
      const mail = await compose(envelope, bot);
      const result = await client.send(bot, mail);
      return patience.hear(outcomeOf(result, mail.messageId.slice(1, -1), now()), {
        host: `${bot.id} ${hostOf(envelope.address)}`,
        person: `${bot.id} ${envelope.address}`,
        detail: cleaned('reply' in result ? (result.reply?.text ?? '') : ''),
        now: now(),
      });
    } catch (error) {
      if (error instanceof PictureMissing)
        return { status: 'refused', reason: 'content_refused', detail: error.message };
      // The letter could not even be written.
      return { status: 'failed', detail: error instanceof Error ? error.name : 'unknown' };
    }
  };
  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}
