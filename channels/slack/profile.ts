// Reads who a member of the workspace is: events bring nothing but an id. Needs the scope users:read; the e-mail address comes
// along only where the app has users:read.email too.
import type { ChannelBot, PersonProfile } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { asRecord, asText } from '../lib/json.ts';
import { callSlack } from './client.ts';

export async function readProfile(http: HttpClient, bot: ChannelBot, address: string): Promise<PersonProfile | null> {
  const answer = await callSlack(http, bot, { method: 'users.info', query: { user: address, include_locale: 'true' } });
  const { ok, user: given } = asRecord(answer.body);
  const user = asRecord(given);
  const profile = asRecord(user.profile);
  const real = asText(profile.real_name) || asText(user.real_name);
  const named: [keyof PersonProfile, string][] = [
    ['firstName', asText(profile.first_name) || asText(profile.display_name) || real],
    ['lastName', asText(profile.last_name)],
    ['locale', asText(user.locale)],
    ['timeZone', asText(user.tz)],
    ['phone', asText(profile.phone)],
    ['email', asText(profile.email)],
    ['username', asText(user.name)],
  ];
  return ok === true ? Object.fromEntries(named.filter(([, value]) => value !== '')) : null;
}
