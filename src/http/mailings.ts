// Mailings: the table, the wizard's drafts, and the few commands that move one along.
import type { Filter } from '../domain/audience.ts';
import { parseFilter } from '../domain/audience-parse.ts';
import { type Content, EVERY_CHANNEL } from '../domain/message.ts';
import type { MailingSettings } from '../domain/mailing-settings.ts';
import { fieldProblem } from '../domain/problem.ts';
import { translate } from '../i18n.ts';
import { listFields } from '../store/attributes.ts';
import {
  copyCampaign,
  createCampaign,
  getCampaign,
  listCampaigns,
  moveCampaign,
  patchCampaign,
  restoreCampaign,
  trashCampaign,
} from '../store/campaigns.ts';
import {
  mailingBodySchema,
  mailingCheckSchema,
  mailingPageSchema,
  mailingPatchSchema,
  mailingQuerySchema,
  mailingSchema,
  sendBodySchema,
  testAnswerSchema,
  testBodySchema,
} from './api/mailings.ts';
import { goneSignal } from './context.ts';
import type { HttpDeps } from './deps.ts';
import type { RouteDeps } from './route-deps.ts';
import { checkMailing, findingSentence } from './mailing-check.ts';
import { moveRoute, SENDING_TOPICS } from './mailing-move.ts';
import { sendMailing } from './mailing-send.ts';
import { sendTest } from './mailing-test.ts';
import { toMailing, toRows } from './mailing-view.ts';
import { record } from './record.ts';
import { type Call, guarded, type Route } from './route.ts';
import { checkSchedule, nextAfterChange } from './schedules.ts';

const NAME_LIMIT = 120;

export function mailingRoutes(deps: RouteDeps): Route[] {
  const { db, now, bus } = deps;

  /** What the schemas cannot know: which fields, channels and zones there are. */
  const checkDraft = async (draft: {
    audience?: Filter | undefined;
    content?: Content | undefined;
    settings?: (Parameters<typeof checkSchedule>[0] & { choices?: MailingSettings['choices'] | undefined }) | undefined;
  }): Promise<{ audience?: Filter }> => {
    for (const name of Object.keys(draft.content?.variants ?? {})) {
      if (name !== EVERY_CHANNEL && !deps.channels.has(name)) {
        throw fieldProblem(`content.variants.${name}`, 'channel_unknown', {
          permitted: [...deps.channels.keys()].join(', '),
        });
      }
    }
    checkSchedule(draft.settings ?? {});
    checkChoices(deps.channels, draft.settings?.choices ?? {});
    return draft.audience === undefined ? {} : { audience: parseFilter(draft.audience, await listFields(db)) };
  };

  return [
    guarded({
      method: 'get',
      path: '/mailings',
      tag: 'Mailings',
      summary: 'The table of mailings, newest first.',
      needs: 'read',
      query: mailingQuerySchema,
      answer: mailingPageSchema,
      async handle({ query, language }) {
        const { items, next } = await listCampaigns(db, query);
        return { items: await toRows(deps, items, language), next };
      },
    }),
    guarded({
      method: 'post',
      path: '/mailings',
      tag: 'Mailings',
      summary: 'Start a draft.',
      needs: 'write',
      status: 201,
      body: mailingBodySchema,
      answer: mailingSchema,
      async handle({ body, actor, language }) {
        const campaign = await createCampaign(db, {
          ...body,
          ...(await checkDraft(body)),
          settings: given(body.settings ?? {}),
          staffId: actor.staffId,
          now: now(),
        });
        await record(db, now(), actor, {
          action: 'mailing.created',
          target: campaign.publicId,
          data: { name: campaign.name },
        });
        bus.publish('live');
        return toMailing(deps, campaign, language);
      },
    }),
    guarded({
      method: 'get',
      path: '/mailings/:id',
      tag: 'Mailings',
      summary: 'One mailing with message, audience and settings.',
      needs: 'read',
      answer: mailingSchema,
      handle: async ({ params, language }) => toMailing(deps, await getCampaign(db, params.id ?? ''), language),
    }),
    guarded({
      method: 'patch',
      path: '/mailings/:id',
      tag: 'Mailings',
      summary:
        'Save a draft, or a repeated mailing between its starts. While it is sent, only `settings.speed` may change.',
      needs: 'write',
      body: mailingPatchSchema,
      answer: mailingSchema,
      async handle({ params, body, actor, language }) {
        const campaign = await getCampaign(db, params.id ?? '');
        const { id } = campaign;
        const settings = body.settings && given(body.settings);
        const edit = { ...body, ...(await checkDraft(body)), settings };
        const dueAt = settings && nextAfterChange(campaign, settings, now());
        const saved = await patchCampaign(db, id, { ...edit, dueAt }, now());
        if (saved.state !== 'draft') {
          await record(db, now(), actor, {
            action: 'mailing.changed',
            target: saved.publicId,
            data: { speed: saved.settings.speed },
          });
          bus.publish('campaign', { id });
        }
        bus.publish('live');
        return toMailing(deps, saved, language);
      },
    }),
    moveRoute(deps, {
      method: 'delete',
      path: '',
      summary: 'Into the trash; `restore` brings it back.',
      needs: 'write',
      action: 'mailing.deleted',
      topics: ['live'],
      make: ({ id }, at) => trashCampaign(db, id, at),
    }),
    moveRoute(deps, {
      path: '/restore',
      summary: 'Out of the trash.',
      needs: 'write',
      action: 'mailing.restored',
      topics: ['live'],
      make: ({ id }, at) => restoreCampaign(db, id, at),
    }),
    guarded({
      method: 'post',
      path: '/mailings/:id/copy',
      tag: 'Mailings',
      summary: 'A new draft with the same message, audience and settings.',
      needs: 'write',
      status: 201,
      answer: mailingSchema,
      async handle({ params, actor, language }) {
        const original = await getCampaign(db, params.id ?? '');
        const name = translate(language, 'server:mailing.copyName', { name: original.name }).slice(0, NAME_LIMIT);
        const copy = await copyCampaign(db, original.id, { name, staffId: actor.staffId, now: now() });
        await record(db, now(), actor, {
          action: 'mailing.copied',
          target: copy.publicId,
          data: { from: original.publicId },
        });
        bus.publish('live');
        return toMailing(deps, copy, language);
      },
    }),
    guarded({
      method: 'post',
      path: '/mailings/:id/check',
      tag: 'Mailings',
      summary: 'Everything the confirmation names, and what still blocks sending.',
      needs: 'read',
      answer: mailingCheckSchema,
      async handle({ params, language, response }: Call<unknown, unknown>) {
        const campaign = await getCampaign(db, params.id ?? '');
        const { count, findings, ...rest } = await checkMailing(deps, campaign, goneSignal(response));
        return {
          total: count.total,
          byChannel: count.byChannel,
          ...rest,
          findings: findings.map(({ level, code, step, path, params: values }) => ({
            level,
            code,
            step,
            ...(path === undefined ? {} : { path }),
            message: findingSentence(language, { level, code, params: values }),
          })),
        };
      },
    }),
    guarded({
      method: 'post',
      path: '/mailings/:id/send',
      tag: 'Mailings',
      summary: 'Send now or at the set time. Refused while the check finds an error.',
      needs: 'send',
      body: sendBodySchema,
      answer: mailingSchema,
      handle: async ({ params, body, actor, language }) =>
        toMailing(deps, await sendMailing(deps, params.id ?? '', body, actor), language),
    }),
    moveRoute(deps, {
      path: '/stop',
      summary: 'Stop sending. What was handed over cannot be called back.',
      needs: 'send',
      action: 'mailing.stop',
      topics: SENDING_TOPICS,
      make: ({ id }, at) => moveCampaign(db, id, 'stop', { now: at }),
    }),
    guarded({
      method: 'post',
      path: '/mailings/:id/test',
      tag: 'Mailings',
      summary: 'Send the draft to some people, marked as a test and left out of statistics.',
      needs: 'send',
      body: testBodySchema,
      answer: testAnswerSchema,
      async handle({ params, body, actor, language }) {
        const campaign = await getCampaign(db, params.id ?? '');
        const answer = await sendTest(deps, campaign, body.subscribers, language);
        await record(db, now(), actor, {
          action: 'mailing.tested',
          target: campaign.publicId,
          data: { people: body.subscribers.length },
        });
        return answer;
      },
    }),
  ];
}

/** A channel may have gone or offer something else by now: what it does not know is refused, not sent. */
function checkChoices(channels: HttpDeps['channels'], choices: MailingSettings['choices']): void {
  for (const [name, chosen] of Object.entries(choices)) {
    const channel = channels.get(name);
    const permitted = channel?.capabilities.choices?.map(({ key }) => key) ?? [];
    if (!channel) {
      throw fieldProblem(`settings.choices.${name}`, 'channel_unknown', { permitted: [...channels.keys()].join(', ') });
    }
    const unknown = chosen.findIndex((key) => !permitted.includes(key));
    if (unknown >= 0) {
      const params = { choice: chosen[unknown] ?? '', permitted: permitted.join(', ') };
      throw fieldProblem(`settings.choices.${name}.${unknown}`, 'choice_not_offered', params);
    }
  }
}

/** Without the keys that were left out: `undefined` is not a value of a setting. */
const given = <T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
