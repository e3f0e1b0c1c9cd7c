// Reads who people are: events bring nothing but an id. Whoever is asked about within a moment is asked about in one
// request, since these count against the same limit as messages.
import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelBot, PersonProfile } from '../../src/domain/channel.ts';
import { asRecords, asText } from '../lib/json.ts';
import type { VkClient } from './client.ts';
import { idOf } from './ids.ts';

type Profiles = ReadonlyMap<string, PersonProfile>;

interface Gathering {
  ids: Set<string>;
  profiles: Promise<Profiles>;
}

const GATHER_MS = 250;
const IDS_MAX = 1000;

export function createReadProfile(
  client: VkClient,
): (address: string, bot: ChannelBot) => Promise<PersonProfile | null> {
  const gatherings = new Map<string, Gathering>();

  const gather = (bot: ChannelBot): Gathering => {
    const ids = new Set<string>();
    const profiles = pause(GATHER_MS).then(() => {
      if (gatherings.get(bot.externalId)?.ids === ids) gatherings.delete(bot.externalId);
      return readProfiles(client, bot, [...ids]);
    });
    const gathering = { ids, profiles };
    gatherings.set(bot.externalId, gathering);
    return gathering;
  };

  return async (address, bot) => {
    const known = gatherings.get(bot.externalId);
    const { ids, profiles } = known && known.ids.size < IDS_MAX ? known : gather(bot);
    ids.add(address);
    return (await profiles).get(address) ?? null;
  };
}

async function readProfiles(client: VkClient, bot: ChannelBot, ids: readonly string[]): Promise<Profiles> {
  // In another language the platform would write Cyrillic names in Latin letters.
  const answer = await client.call(bot, 'users.get', { user_ids: ids.join(','), lang: 'ru' });
  const users = answer.kind === 'done' ? asRecords(answer.result) : [];
  return new Map(
    users.flatMap((user): [string, PersonProfile][] => {
      const id = idOf(user.id);
      const [firstName, lastName] = [asText(user.first_name), asText(user.last_name)];
      // A page that was deleted or banned has lost its name.
      if (id === null || firstName === '' || user.deactivated !== undefined) return [];
      return [[id, { firstName, ...(lastName === '' ? {} : { lastName }) }]];
    }),
  );
}
