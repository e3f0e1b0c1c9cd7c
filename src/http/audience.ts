// Audience questions: which fields a filter may name, how many people match, and who they are.
import { CONNECTION_STATUSES } from '../domain/subscriber.ts';
import { CORE_FIELDS, type Field, OPERATORS } from '../domain/audience.ts';
import { parseFilter } from '../domain/audience-parse.ts';
import { fieldProblem } from '../domain/problem.ts';
import { translate } from '../i18n.ts';
import { listAttributes, listFields } from '../store/attributes.ts';
import type { Template } from '../domain/template.ts';
import { windowsOf } from '../domain/window.ts';
import { type AudienceOptions, type AudienceQuery, countAudience, pageOfAudience } from '../store/audience.ts';
import { listBots } from '../store/bots.ts';
import type { Database } from '../store/database.ts';
import type * as z from 'zod';
import {
  audienceCountSchema,
  audiencePeopleSchema,
  audienceQuerySchema,
  type FieldList,
  fieldListSchema,
  subscriberPageSchema,
} from './api/subscribers.ts';
import { channelTitle } from './channels.ts';
import { goneSignal } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { guarded, type Route } from './route.ts';
import { withWindows } from './windows.ts';

type FieldInfo = FieldList['items'][number];

const CORE_NAMES: ReadonlySet<string> = new Set(CORE_FIELDS.map(({ name }) => name));

export function audienceRoutes({ db, now, channels }: HttpDeps): Route[] {
  const queryOf = async (body: z.output<typeof audienceQuerySchema>): Promise<AudienceQuery> => {
    const unknown = (body.channels ?? []).findIndex((name) => !channels.has(name));
    if (unknown >= 0)
      throw fieldProblem(`channels.${unknown}`, 'channel_unknown', { permitted: [...channels.keys()].join(', ') });
    return {
      filter: parseFilter(body.filter, await listFields(db), 'filter'),
      via: body.via,
      channels: body.channels ?? null,
      excluded: body.excluded,
      windows: { at: now(), rules: windowsOf(channels.values(), { templates: templatesNamed(body.templates) }) },
    };
  };

  /** The closed sets as people know them. */
  const valuesOf = async (field: Field, language: string): Promise<NonNullable<FieldInfo['values']> | null> => {
    switch (field.name) {
      case 'connection.channel':
        return [...channels.keys()].map((value) => ({ value, label: channelTitle(language, value) }));
      case 'connection.bot':
        return (await listBots(db)).map(({ publicId, name }) => ({ value: publicId, label: name }));
      case 'connection.status':
        return CONNECTION_STATUSES.map((value) => ({ value, label: translate(language, `server:status.${value}`) }));
      default:
        return field.values ? field.values.map((value) => ({ value, label: value })) : null;
    }
  };

  return [
    guarded({
      method: 'get',
      path: '/audience/fields',
      tag: 'Audience',
      summary: 'What a filter may ask for: fields, operators and permitted values.',
      needs: 'read',
      answer: fieldListSchema,
      async handle({ language }) {
        const names = new Map((await listAttributes(db)).map(({ key, name }) => [`attribute.${key}`, name]));
        const items: FieldInfo[] = [];
        for (const field of await listFields(db)) {
          const values = await valuesOf(field, language);
          items.push({
            name: field.name,
            label: CORE_NAMES.has(field.name)
              ? translate(language, `server:fields.${field.name.replace('.', '_')}`)
              : (names.get(field.name) ?? field.name),
            type: field.type,
            group: field.group,
            operators: [...OPERATORS[field.type]],
            ...(values ? { values } : {}),
          });
        }
        return { items };
      },
    }),
    guarded({
      method: 'post',
      path: '/audience/count',
      tag: 'Audience',
      summary: 'How many people would receive a message now, by messenger and bot, and why not more.',
      needs: 'read',
      body: audienceQuerySchema,
      answer: audienceCountSchema,
      handle: async ({ body, response }) =>
        counted(db, await queryOf(body), { now: now(), signal: goneSignal(response) }),
    }),
    guarded({
      method: 'post',
      path: '/audience/people',
      tag: 'Audience',
      summary: 'A page of the people who match, newest first.',
      needs: 'read',
      body: audiencePeopleSchema,
      answer: subscriberPageSchema,
      async handle({ body, response }) {
        const { cursor, limit, ...query } = body;
        return pageOfAudience(
          db,
          await queryOf(query),
          { cursor, limit },
          { now: now(), signal: goneSignal(response) },
        );
      },
    }),
  ];
}

/** Whether there is one is all that counts. */
const templatesNamed = (channels: readonly string[]): Record<string, Template> =>
  Object.fromEntries(channels.map((name) => [name, { name, language: '', parameters: [] }]));

async function counted(
  db: Database,
  query: AudienceQuery,
  options: AudienceOptions,
): Promise<z.output<typeof audienceCountSchema>> {
  const { count, windows } = await withWindows(db, await countAudience(db, query, options), query, options);
  return { ...count, windows };
}
