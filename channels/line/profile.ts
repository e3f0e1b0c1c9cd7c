// Reads who a friend of the account is: events bring nothing but an id.
import type { ChannelBot, PersonProfile } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { asRecord, asText } from '../lib/json.ts';
import { callLine } from './client.ts';

/** Null for whoever is no friend (any more), or has not agreed to be known. */
export async function readProfile(http: HttpClient, bot: ChannelBot, address: string): Promise<PersonProfile | null> {
  const answer = await callLine(http, bot, { method: 'GET', path: `/v2/bot/profile/${encodeURIComponent(address)}` });
  const { displayName, language } = asRecord(answer.body);
  const [firstName, locale] = [asText(displayName), asText(language)];
  if (answer.status !== 200 || firstName === '') return null;
  return { firstName, ...(locale === '' ? {} : { locale }) };
}
