// Sends: one message by `messages.send`, several by scripts of `execute`, up to 25 in each. Every receiver has their own
// text and their own key, so a repeat is dropped in whatever company it comes back.
import type { ChannelBot, Deliver, Envelope, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import type { VkClient } from './client.ts';
import { requestOutcome } from './outcome.ts';
import { createAttach } from './photos.ts';
import type { VkPayload } from './render.ts';
import { intoScripts, randomIdOf, scriptOf, scriptOutcomes, type Send, sendOutcome } from './script.ts';

export interface DeliverDeps {
  client: VkClient;
  readMedia: ReadMedia;
  now: () => number;
}

interface Ready {
  index: number;
  send: Send;
}

export function createDeliver({ client, readMedia, now }: DeliverDeps): Deliver {
  const attach = createAttach({ client, readMedia, now });

  const prepare = async (envelope: Envelope, bot: ChannelBot): Promise<Send | Outcome> => {
    // Payloads are opaque JSON outside this folder; only `render` makes them.
    const { message, photo, keyboard } = envelope.payload as VkPayload;
    const attached = photo ? await attach(photo, bot) : null;
    if (attached && 'outcome' in attached) return attached.outcome;
    return {
      // A list, though of one: only for lists does the platform tell errors apart by receiver.
      peer_ids: envelope.address,
      random_id: randomIdOf(envelope, bot),
      ...(message === '' ? {} : { message }),
      ...(attached ? { attachment: attached.attachment } : {}),
      ...(keyboard === undefined ? {} : { keyboard }),
      // Personal addresses: a preview would have the platform fetch every one of them.
      dont_parse_links: 1,
      disable_mentions: 1,
    };
  };

  const post = async (run: readonly Ready[], bot: ChannelBot): Promise<Outcome[]> => {
    const [first] = run;
    const alone = first && run.length === 1;
    const answer = alone
      ? await client.call(bot, 'messages.send', first.send)
      : await client.call(bot, 'execute', { code: scriptOf(run.map(({ send }) => send)) });
    if (answer.kind !== 'done') {
      const outcome = requestOutcome(answer, run.length, now());
      return run.map(() => outcome);
    }
    return alone ? [sendOutcome(answer.result, now())] : scriptOutcomes(answer, run.length, now());
  };

  return async (envelopes, bot) => {
    const prepared = await Promise.all(envelopes.map((envelope) => prepare(envelope, bot)));
    const outcomes = new Map<number, Outcome>();
    const ready: Ready[] = [];
    for (const [index, item] of prepared.entries()) {
      if (isOutcome(item)) outcomes.set(index, item);
      else ready.push({ index, send: item });
    }
    await Promise.all(
      intoScripts(ready).map(async (run) => {
        const results = await post(run, bot);
        for (const [at, { index }] of run.entries()) if (results[at]) outcomes.set(index, results[at]);
      }),
    );
    return envelopes.map(
      (_, index) => outcomes.get(index) ?? { status: 'unknown', detail: 'no answer for this receiver' },
    );
  };
}

const isOutcome = (item: Send | Outcome): item is Outcome => 'status' in item;
