// From a message to the payloads of one person: personalise, fit, render. What does not differ between people is done
// once per campaign and channel; tokens are signed only where there is something to click.
import type { Channel, Payload, RenderLinks } from '../domain/channel.ts';
import { fit } from '../domain/fit.ts';
import { buttonOfAddress, type Message, messageFor, plainText } from '../domain/message.ts';
import { type Person, personalise, personaliseText, personaliseUrl, variablesOf } from '../domain/personalise.ts';
import type { Template } from '../domain/template.ts';
import { signToken, THE_MESSAGE } from '../domain/tracking.ts';
import { windowsOf, type WindowRule } from '../domain/window.ts';
import { type Campaign } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { ensureLinks, type StoredLink } from '../store/links.ts';
import { contentOf } from '../store/messages.ts';
import { type Outgoing, readAttributes } from '../store/sending.ts';

export interface RecipeDeps {
  db: Database;
  trackingKey: Buffer;
  publicUrl: () => string;
}

export interface Recipe {
  /** Does it speak of the person, so that who they are must be read? */
  personal: boolean;
  /** The payloads for one person; none where the channel can show nothing of the message. */
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
  const chosen = campaign.settings.choices[channel.name] ?? [];
  const choices = (channel.capabilities.choices ?? []).flatMap(({ key }) => (chosen.includes(key) ? [key] : []));
  const recipe = await messageRecipe(deps, campaign.id, message, channel, choices);
  const [rule] = windowsOf([channel], content);
  if (!rule) return recipe;
  const template = content.templates?.[channel.name];
  const outside = template && templateRecipe(deps, template, channel);
  return {
    ...recipe,
    personal: recipe.personal || (outside?.personal ?? false),
    window: { rule, template: (outgoing) => outside?.payloads(outgoing) ?? [] },
  };
}

/** What goes to people outside of the messaging window: the approved text, with this person's words in its place-holders. */
function templateRecipe(
  deps: RecipeDeps,
  template: Template,
  channel: Channel,
): { personal: boolean; payloads(outgoing: Outgoing): Payload[] } {
  const base = deps.publicUrl();
  return {
    personal: template.parameters.some((text) => variablesOf(asMessage(text)).length > 0),
    payloads(outgoing) {
      const person = personOf(outgoing);
      const parameters = template.parameters.map((text) => plainText(personaliseText([{ text }], person)));
      return (
        channel.renderTemplate?.({ ...template, parameters }, linksFor(deps.trackingKey, base, outgoing.id, [])) ?? []
      );
    },
  };
}

const asMessage = (text: string): Message => ({ elements: [{ kind: 'text', text: [{ text }] }] });

export async function messageRecipe(
  deps: RecipeDeps,
  campaignId: number,
  message: Message,
  channel: Channel,
  choices: readonly string[] = [],
): Promise<Recipe> {
  const links = await ensureLinks(deps.db, campaignId, channel.name, message);
  const fitted = (message: Message): Message => fit(message, channel.capabilities).message;
  const base = deps.publicUrl();
  if (variablesOf(message).length > 0) {
    return {
      window: null,
      personal: true,
      payloads(outgoing) {
        const person = personOf(outgoing);
        return channel.render(
          fitted(personalise(message, person).message),
          linksFor(deps.trackingKey, base, outgoing.id, addressed(links, person)),
          choices,
        );
      },
    };
  }
  const common = fitted(message);
  const rendered = (deliveryId: number, asked?: () => void): Payload[] =>
    channel.render(common, linksFor(deps.trackingKey, base, deliveryId, links, asked), choices);
  let asksForOwn = links.length > 0;
  const payloads = rendered(0, () => {
    asksForOwn = true;
  });
  return { window: null, personal: false, payloads: asksForOwn ? (outgoing) => rendered(outgoing.id) : () => payloads };
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

/** `asked` is told when a channel asks for an address of this one person, whatever the message holds. */
function linksFor(
  key: Buffer,
  base: string,
  deliveryId: number,
  links: readonly StoredLink[],
  asked?: () => void,
): RenderLinks {
  const token = (link: StoredLink): string => signToken(key, deliveryId, link.number);
  const own = (path: string): string => {
    asked?.();
    return `${base}/${path}/${signToken(key, deliveryId, THE_MESSAGE)}`;
  };
  const button = (id: string): { url?: string; token?: string } => {
    const link = links.find((candidate) => candidate.buttonId === id && candidate.kind !== 'inline');
    if (!link) return {};
    if (link.kind === 'message') return { token: token(link) };
    return { url: `${base}/${link.kind === 'buy' ? 'b' : 'r'}/${token(link)}` };
  };
  const image = (source: string): { url: string | null; media: string | null } =>
    source.startsWith('media:')
      ? { url: `${base}/media/${source.slice('media:'.length)}`, media: source.slice('media:'.length) }
      : { url: source, media: null };
  return {
    button,
    inline(url) {
      const asButton = buttonOfAddress(url);
      if (asButton !== null) return button(asButton).url ?? base;
      const link = links.find(({ kind, target }) => kind === 'inline' && 'url' in target && target.url === url);
      return link ? `${base}/r/${token(link)}` : (image(url).url ?? url);
    },
    image,
    unsubscribe: () => own('u'),
    pixel: () => own('o'),
  };
}
