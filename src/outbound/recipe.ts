// From a message to the payloads of one person: personalise, fit, render. What does not differ between people is done
// once per campaign and channel; tokens are signed only where there is something to click.
import type { Channel, Payload, RenderLinks } from '../domain/channel.ts';
import { fit } from '../domain/fit.ts';
import { type Message, messageFor, type RichText, type SingleMessage } from '../domain/message.ts';
import { type Person, personalise, personaliseText, personaliseUrl, variablesOf } from '../domain/personalise.ts';
import type { Template, TemplateButton } from '../domain/template.ts';
import {
  isTracked,
  parameterLinks,
  parameterRuns,
  templateButtonId,
  templateLinkId,
  templateMessage,
  trackedBase,
} from '../domain/template-links.ts';
import { windowsOf, type WindowRule } from '../domain/window.ts';
import { type Campaign } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { ensureLinks, type StoredLink } from '../store/links.ts';
import { contentOf } from '../store/messages.ts';
import { type Outgoing, readAttributes } from '../store/outgoing.ts';
import { linksFor } from './render-links.ts';

export interface RecipeDeps {
  db: Database;
  trackingKey: Buffer;
  publicUrl: () => string;
}

export interface Recipe {
  /** Does it speak of the person, so that who they are must be read? */
  personal: boolean;
  /** The payloads for one person; none where the channel can show nothing of the message. Throws where they cannot be made. */
  payloads(outgoing: Outgoing): Payload[];
  /** How it meets the channel's messaging window; null: there is none, or it is an answer within it. */
  window: { rule: WindowRule; template(outgoing: Outgoing): Payload[] } | null;
}

export const NOTHING: Recipe = { personal: false, payloads: () => [], window: null };

/** How a campaign's own message is made on one channel. */
export async function campaignRecipe(deps: RecipeDeps, campaign: Campaign, channel: Channel): Promise<Recipe> {
  const content = await contentOf(deps.db, campaign);
  const message = messageFor(content, channel.name);
  if (message === null) return NOTHING;
  const choices = campaign.settings.choices[channel.name] ?? [];
  const recipe = await messageRecipe(deps, campaign.id, message, channel, { choices, shared: true });
  return windowed(deps, recipe, { campaignId: campaign.id, channel, template: content.templates?.[channel.name] });
}

/** How a single message is made: a test goes the way of its mailing; an answer is always within the window. */
export async function singleRecipe(
  deps: RecipeDeps,
  { campaignId, purpose }: Pick<Outgoing, 'campaignId' | 'purpose'>,
  { template, choices = [], ...message }: SingleMessage,
  channel: Channel,
): Promise<Recipe> {
  const recipe = await messageRecipe(deps, campaignId, message, channel, { choices, shared: false });
  return purpose === 'test' ? windowed(deps, recipe, { campaignId, channel, template }) : recipe;
}

interface Windowed {
  campaignId: number;
  channel: Channel;
  template: Template | undefined;
}

async function windowed(
  deps: RecipeDeps,
  recipe: Recipe,
  { campaignId, channel, template }: Windowed,
): Promise<Recipe> {
  const [rule] = windowsOf([channel], template ? { templates: { [channel.name]: template } } : {});
  if (!rule) return recipe;
  const outside = template && (await templateRecipe(deps, campaignId, template, channel));
  return {
    ...recipe,
    personal: recipe.personal || (outside?.personal ?? false),
    window: { rule, template: (outgoing) => outside?.payloads(outgoing) ?? [] },
  };
}

/** What goes to people outside of the messaging window: the approved text, with this person's words in its place-holders. */
async function templateRecipe(
  deps: RecipeDeps,
  campaignId: number,
  template: Template,
  channel: Channel,
): Promise<Pick<Recipe, 'personal' | 'payloads'>> {
  const base = deps.publicUrl();
  const message = templateMessage(template, base);
  const stored = await ensureLinks(deps.db, campaignId, channel.name, message);
  const parameters = template.parameters.map(parameterRuns);
  const addresses = parameterLinks(template);
  return {
    personal: variablesOf(message).length > 0,
    payloads(outgoing) {
      const person = personOf(outgoing);
      const deliveryId = outgoing.id;
      const links = linksFor({ key: deps.trackingKey, base, deliveryId, links: addressed(stored, person) });
      const ids = new Map(addresses.map((url, index) => [personaliseUrl(url, person), templateLinkId(index)]));
      const tracked = (url: string): string => links.button(ids.get(url) ?? '').url ?? url;
      const filled = {
        ...template,
        parameters: parameters.map((text) => withAddresses(personaliseText(text, person), tracked)),
        buttons: template.buttons?.map((button) => ({ ...button, value: endOf(button, person, links, base) })),
      };
      return channel.renderTemplate?.(filled, links) ?? [];
    },
  };
}

const withAddresses = (text: RichText, tracked: (url: string) => string): string =>
  text.map((run) => (run.link === undefined ? run.text : tracked(run.link))).join('');

/** What completes the address of a button: our token where the address is ours, else the author's own words. */
function endOf(button: TemplateButton, person: Person, links: RenderLinks, base: string): string {
  if (!isTracked(button, base)) return personaliseUrl(button.value, person);
  return links.button(templateButtonId(button.index)).url?.slice(trackedBase(base).length) ?? '';
}

interface Making {
  /** What the author chose for this channel; what it does not offer is left out. */
  choices: readonly string[];
  /** One payload may serve many people. Tests and answers are single messages: their links are always their own. */
  shared: boolean;
}

async function messageRecipe(
  deps: RecipeDeps,
  campaignId: number,
  message: Message,
  channel: Channel,
  { choices: chosen, shared }: Making,
): Promise<Recipe> {
  const choices = (channel.capabilities.choices ?? []).flatMap(({ key }) => (chosen.includes(key) ? [key] : []));
  const links = await ensureLinks(deps.db, campaignId, channel.name, message);
  const fitted = (message: Message): Message => fit(message, channel.capabilities).message;
  const parts = { key: deps.trackingKey, base: deps.publicUrl() };
  if (variablesOf(message).length > 0) {
    return {
      window: null,
      personal: true,
      payloads(outgoing) {
        const person = personOf(outgoing);
        return channel.render(
          fitted(personalise(message, person).message),
          linksFor({ ...parts, deliveryId: outgoing.id, links: addressed(links, person) }),
          choices,
        );
      },
    };
  }
  let made: Message | null = null;
  const common = (): Message => (made ??= fitted(message));
  const many = shared ? { shared: { campaignId, batch: channel.capabilities.batch } } : {};
  const rendered = (deliveryId: number, asked?: () => void): Payload[] =>
    channel.render(common(), linksFor({ ...parts, deliveryId, links, ...many, ...(asked && { asked }) }), choices);
  const apart: Recipe = { window: null, personal: false, payloads: (outgoing) => rendered(outgoing.id) };
  let asksForOwn = false;
  try {
    const payloads = rendered(0, () => {
      asksForOwn = true;
    });
    return asksForOwn ? apart : { ...apart, payloads: () => payloads };
  } catch {
    // Told of each delivery that it fails, and not of a lane that cannot be opened.
    return apart;
  }
}

const personOf = (outgoing: Outgoing): Person => ({
  firstName: outgoing.firstName,
  lastName: outgoing.lastName,
  locale: outgoing.locale,
  email: outgoing.email,
  phone: outgoing.phone,
  attributes: readAttributes(outgoing),
});

/** Addresses with variables in them, as they read for this person. */
const addressed = (links: readonly StoredLink[], person: Person): readonly StoredLink[] =>
  links.map((link) =>
    'url' in link.target ? { ...link, target: { url: personaliseUrl(link.target.url, person) } } : link,
  );
