// People: the table, one person's card and timeline, tags and the owner's own attributes.
import { parseFilter } from '../domain/audience-parse.ts';
import { Problem } from '../domain/problem.ts';
import type { Subscriber } from '../domain/subscriber.ts';
import { insertAttribute, listAttributes, listFields } from '../store/attributes.ts';
import { pageOfPeople, subscriberCard } from '../store/people.ts';
import { patchSubscriber } from '../store/subscriber-patch.ts';
import { getSubscriber } from '../store/subscribers.ts';
import { listTags } from '../store/tags.ts';
import { timelineOf } from '../store/timeline.ts';
import { pageQuerySchema } from './api/common.ts';
import {
  attributeListSchema,
  attributeSchema,
  type SubscriberDetails,
  subscriberPageSchema,
  subscriberPatchSchema,
  subscriberSchema,
  subscriberSearchSchema,
  tagListSchema,
  timelinePageSchema,
} from './api/subscribers.ts';
import { goneSignal } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

export function subscriberRoutes({ db, now }: HttpDeps): Route[] {
  const card = async (id: string | undefined): Promise<SubscriberDetails> => {
    const found = await subscriberCard(db, id ?? '');
    if (!found) throw new Problem('not_found');
    return found;
  };
  const person = async (id: string | undefined): Promise<Subscriber> => {
    const found = await getSubscriber(db, id ?? '');
    if (!found) throw new Problem('not_found');
    return found;
  };

  return [
    guarded({
      method: 'post',
      path: '/subscribers/search',
      tag: 'Subscribers',
      summary: 'A page of people, newest first; the filter is a body, so it may be long.',
      needs: 'read',
      body: subscriberSearchSchema,
      answer: subscriberPageSchema,
      async handle({ body, response }) {
        const { filter, ...query } = body;
        const parsed = filter === undefined ? {} : { filter: parseFilter(filter, await listFields(db), 'filter') };
        return pageOfPeople(db, { ...query, ...parsed }, { now: now(), signal: goneSignal(response) });
      },
    }),
    guarded({
      method: 'get',
      path: '/subscribers/:id',
      tag: 'Subscribers',
      summary: "One person's card.",
      needs: 'read',
      answer: subscriberSchema,
      handle: ({ params }) => card(params.id),
    }),
    guarded({
      method: 'patch',
      path: '/subscribers/:id',
      tag: 'Subscribers',
      summary: "Change a person's profile, attributes, tags or main connection.",
      needs: 'write',
      body: subscriberPatchSchema,
      answer: subscriberSchema,
      async handle({ params, body, actor }) {
        const { publicId } = await person(params.id);
        await patchSubscriber(db, publicId, body, now());
        await record(db, now(), actor, {
          action: 'subscriber.changed',
          target: publicId,
          data: { fields: Object.keys(body) },
        });
        return card(publicId);
      },
    }),
    guarded({
      method: 'get',
      path: '/subscribers/:id/timeline',
      tag: 'Subscribers',
      summary: 'Messages and events of one person, newest first.',
      needs: 'read',
      query: pageQuerySchema,
      answer: timelinePageSchema,
      handle: async ({ params, query }) => timelineOf(db, (await person(params.id)).id, query),
    }),
    guarded({
      method: 'get',
      path: '/tags',
      tag: 'Subscribers',
      summary: 'All tags, with how many people carry each.',
      needs: 'read',
      answer: tagListSchema,
      handle: async () => ({ items: await listTags(db) }),
    }),
    guarded({
      method: 'get',
      path: '/attributes',
      tag: 'Subscribers',
      summary: "The owner's own fields.",
      needs: 'read',
      answer: attributeListSchema,
      handle: async () => ({ items: await listAttributes(db) }),
    }),
    guarded({
      method: 'post',
      path: '/attributes',
      tag: 'Subscribers',
      summary: 'Add a field of your own.',
      needs: 'write',
      status: 201,
      body: attributeSchema,
      answer: attributeSchema,
      async handle({ body, actor }) {
        await insertAttribute(db, body, now());
        await record(db, now(), actor, { action: 'attribute.created', target: body.key });
        return body;
      },
    }),
  ];
}
