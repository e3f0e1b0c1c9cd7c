// One move of a mailing, as a route: found, moved, written down in the audit log, told to whoever follows it, and shown as
// it is now.
import type { Topic } from '../bus.ts';
import { type Campaign, getCampaign } from '../store/campaigns.ts';
import { mailingSchema } from './api/mailings.ts';
import type { HttpDeps } from './deps.ts';
import { toMailing } from './mailing-view.ts';
import type { Need } from './permissions.ts';
import { type Deed, record } from './record.ts';
import { guarded, type Route } from './route.ts';

export interface Move {
  method?: 'post' | 'delete';
  /** Behind `/mailings/:id`. */
  path: string;
  summary: string;
  needs: Need;
  /** What the audit log calls it. */
  action: Deed['action'];
  topics: readonly Topic[];
  make(campaign: Campaign, now: number): Promise<Campaign>;
}

/** Whom a change of what is sent concerns: the senders as well as the pages. */
export const SENDING_TOPICS = ['campaign', 'work', 'live'] as const satisfies readonly Topic[];

export const moveRoute = (
  deps: HttpDeps,
  { method = 'post', path, summary, needs, action, topics, make }: Move,
): Route =>
  guarded({
    method,
    path: `/mailings/:id${path}`,
    tag: 'Mailings',
    summary,
    needs,
    answer: mailingSchema,
    async handle({ params, actor, language }) {
      const { db, now, bus } = deps;
      const campaign = await getCampaign(db, params.id ?? '');
      const moved = await make(campaign, now());
      await record(db, now(), actor, { action, target: campaign.publicId });
      for (const topic of topics) bus.publish(topic, { id: campaign.id });
      return toMailing(deps, moved, language);
    },
  });
