// The mailings that are being sent, as the engine sees them: the limit of each as a gate that follows its slider, how
// its messages are made, and the breaker that stops a mailing whose content the messenger refuses.
import type { Channel, Outcome } from '../domain/channel.ts';
import type { Quiet } from '../domain/quiet-hours.ts';
import { type Campaign, campaignsIn, moveCampaign } from '../store/campaigns.ts';
import type { OutboundDeps } from './context.ts';
import type { Limit, Limits } from './limit.ts';
import { createLiveQuiet } from './quiet.ts';
import { campaignRecipe, type Recipe, type RecipeDeps } from './recipe.ts';
import type { Gate } from './throttle.ts';

/** So many refusals of the content, and nothing accepted yet: the rest would fare no better. */
export const REFUSALS_TO_STOP = 10;

export interface LiveMailing {
  campaign: Campaign;
  limit: Limit;
  /** That of the limit. */
  gate: Gate;
  recipe(channel: Channel): Promise<Recipe>;
  /** What it chose on a channel. */
  choices(channel: string): readonly string[];
  /** Its quiet hours, as they are now; null: none. */
  quiet(): Quiet | null;
  /** Counts an outcome; stops the mailing when its content is plainly refused. */
  watch(outcome: Outcome): void;
}

export interface LiveMailings {
  /** Reads again which mailings are being sent, and how fast. */
  refresh(): Promise<void>;
  get(id: number): LiveMailing | undefined;
  all(): LiveMailing[];
  end(): void;
}

export function createLiveMailings(deps: OutboundDeps, recipes: RecipeDeps, limits: Limits): LiveMailings {
  const mailings = new Map<number, LiveMailing>();
  const hours = createLiveQuiet(deps.db);

  function open(campaign: Campaign): LiveMailing {
    const made = new Map<string, Promise<Recipe>>();
    let refused = 0;
    let accepted = false;
    const limit = limits.open(`mailing:${campaign.id}`, campaign.settings.speed);
    const mailing: LiveMailing = {
      campaign,
      limit,
      gate: limit.gate,
      recipe(channel) {
        const recipe = made.get(channel.name) ?? campaignRecipe(recipes, campaign, channel);
        made.set(channel.name, recipe);
        // A recipe that failed (the database was away) is tried anew.
        recipe.catch(() => made.delete(channel.name));
        return recipe;
      },
      watch(outcome) {
        accepted ||= outcome.status === 'accepted';
        if (accepted || outcome.status !== 'refused' || outcome.reason !== 'content_refused') return;
        refused += 1;
        if (refused === REFUSALS_TO_STOP) void stop(campaign);
      },
      choices: (channel) => mailing.campaign.settings.choices[channel] ?? [],
      quiet: () => hours.of(mailing.campaign.settings),
    };
    return mailing;
  }

  async function stop(campaign: Campaign): Promise<void> {
    try {
      await moveCampaign(deps.db, campaign.id, 'stop', { now: deps.now(), reason: 'content_refused' });
      deps.log.warn({ event: 'campaign.stopped', campaign: campaign.publicId, reason: 'content_refused' });
      deps.bus.publish('campaign', { id: campaign.publicId });
      deps.bus.publish('live');
    } catch (error) {
      deps.log.info({ event: 'campaign.not_stopped', campaign: campaign.publicId, reason: String(error) });
    }
  }

  return {
    async refresh() {
      const sending = new Map((await campaignsIn(deps.db, 'sending')).map((campaign) => [campaign.id, campaign]));
      for (const [id, mailing] of mailings) {
        // The next start of a repeated mailing has a message of its own.
        if (sending.get(id)?.starts === mailing.campaign.starts) continue;
        mailing.limit.end();
        mailings.delete(id);
      }
      if (sending.size > 0) await hours.refresh();
      for (const [id, campaign] of sending) {
        const known = mailings.get(id);
        if (!known) mailings.set(id, open(campaign));
        else {
          known.campaign = campaign;
          known.limit.setRate(campaign.settings.speed);
        }
      }
    },
    get: (id) => mailings.get(id),
    all: () => [...mailings.values()],
    end() {
      for (const mailing of mailings.values()) mailing.limit.end();
    },
  };
}
