// Changes the team makes to one person: checked as a whole, written in one transaction, with an event for each tag and
// attribute that changed.
import { checkAttribute, mergeAttributes } from '../domain/attributes.ts';
import { type FieldProblem, Problem, fieldProblem } from '../domain/problem.ts';
import { checkEmail, checkLocale, checkPhone, checkTimeZone } from '../domain/profile.ts';
import type { AttributeDefinition, AttributeValue, Subscriber } from '../domain/subscriber.ts';
import { cleanOrNull } from '../domain/text.ts';
import { listAttributes } from './attributes.ts';
import { connectionsOf } from './connections.ts';
import type { Database } from './database.ts';
import { insertEvents, type NewEvent } from './events.ts';
import { getSubscriber, LIMITS, type ProfileColumns, searchTextFor } from './subscribers.ts';
import { setTags } from './tags.ts';

/** What is left out stays; null clears. */
export interface SubscriberPatch {
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  locale?: string | null | undefined;
  timeZone?: string | null | undefined;
  phone?: string | null | undefined;
  email?: string | null | undefined;
  attributes?: Readonly<Record<string, unknown>> | undefined;
  tags?: readonly string[] | undefined;
  mainConnectionId?: number | undefined;
}

/** Answers the person as they are now; null when there is none. Throws `subscriber_patch` naming every bad field. */
export async function patchSubscriber(
  db: Database,
  publicId: string,
  patch: SubscriberPatch,
  now: number,
): Promise<Subscriber | null> {
  return db.transaction(async (trx) => {
    const subscriber = await getSubscriber(trx, publicId);
    if (!subscriber) return null;
    const faults: FieldProblem[] = [];
    const profile = checkProfile(subscriber, patch, faults);
    const attributes = checkAttributes(await listAttributes(trx), patch.attributes ?? {}, faults);
    const mainConnectionId = patch.mainConnectionId ?? subscriber.mainConnectionId;
    if (
      patch.mainConnectionId !== undefined &&
      !(await connectionsOf(trx, subscriber.id)).some((one) => one.id === mainConnectionId)
    ) {
      faults.push({ path: 'mainConnectionId', code: 'connection_unknown' });
    }
    if (faults.length > 0) throw new Problem('subscriber_patch', { count: faults.length }, faults);
    await trx('subscribers')
      .where({ id: subscriber.id })
      .update({
        ...profile,
        search_text: searchTextFor(profile),
        attributes: JSON.stringify(mergeAttributes(subscriber.attributes, attributes)),
        main_connection_id: mainConnectionId,
      });
    const tags = patch.tags ? await setTags(trx, subscriber.id, patch.tags, now) : { added: [], removed: [] };
    await insertEvents(trx, eventsFor(subscriber, attributes, tags, now));
    return getSubscriber(trx, publicId);
  });
}

function checkProfile(before: Subscriber, patch: SubscriberPatch, faults: FieldProblem[]): ProfileColumns {
  const field = (
    name: 'firstName' | 'lastName' | 'locale' | 'timeZone' | 'phone' | 'email',
    limit: number,
    check: (text: string) => string | null,
  ): string | null => {
    const given = patch[name];
    if (given === undefined) return before[name];
    const clean = cleanOrNull(given, limit);
    if (clean === null) return null;
    const checked = check(clean);
    if (checked === null) faults.push({ path: name, code: `bad_${CODES[name]}`, params: { got: clean } });
    return checked;
  };
  const asIs = (text: string): string => text;
  return {
    first_name: field('firstName', LIMITS.name, asIs),
    last_name: field('lastName', LIMITS.name, asIs),
    locale: field('locale', LIMITS.locale, checkLocale),
    time_zone: field('timeZone', LIMITS.timeZone, checkTimeZone),
    phone: field('phone', LIMITS.phone, checkPhone),
    email: field('email', LIMITS.email, checkEmail),
  };
}

const CODES = {
  firstName: 'name',
  lastName: 'name',
  locale: 'locale',
  timeZone: 'time_zone',
  phone: 'phone',
  email: 'email',
} as const satisfies Record<string, string>;

function checkAttributes(
  definitions: readonly AttributeDefinition[],
  given: Readonly<Record<string, unknown>>,
  faults: FieldProblem[],
): Record<string, AttributeValue> {
  const checked: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(given)) {
    const path = `attributes.${key}`;
    try {
      const definition = definitions.find((one) => one.key === key);
      if (!definition)
        throw fieldProblem(path, 'attribute_unknown', {
          got: key,
          permitted: definitions.map((one) => one.key).join(', '),
        });
      checked[key] = checkAttribute(definition, value, path);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push(...error.fields);
    }
  }
  return checked;
}

function eventsFor(
  subscriber: Subscriber,
  attributes: Readonly<Record<string, AttributeValue>>,
  tags: { added: string[]; removed: string[] },
  now: number,
): NewEvent[] {
  const base = { at: now, subscriberId: subscriber.id };
  const changed = Object.entries(attributes).filter(
    ([key, after]) => JSON.stringify(subscriber.attributes[key] ?? null) !== JSON.stringify(after),
  );
  return [
    ...changed.map(([key, after]): NewEvent => ({
      ...base,
      kind: 'attribute_changed',
      data: { key, before: subscriber.attributes[key] ?? null, after },
    })),
    ...tags.added.map((tag): NewEvent => ({ ...base, kind: 'tag_added', data: { tag } })),
    ...tags.removed.map((tag): NewEvent => ({ ...base, kind: 'tag_removed', data: { tag } })),
  ];
}
