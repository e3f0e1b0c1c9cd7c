// A message as each messenger would show it to one person: made by the functions the engine sends with.
import type { Channel, RenderLinks } from '../domain/channel.ts';
import { check } from '../domain/check.ts';
import { fit } from '../domain/fit.ts';
import {
  type Button,
  buttonOfAddress,
  buttonsOf,
  type Content,
  type Element,
  EVERY_CHANNEL,
  isBareAddress,
  type Message,
  messageFor,
} from '../domain/message.ts';
import { type Person, personalise } from '../domain/personalise.ts';
import { fieldProblem } from '../domain/problem.ts';
import { fullName } from '../domain/text.ts';
import { translate } from '../i18n.ts';
import { getSubscriber } from '../store/subscribers.ts';
import { type Preview, previewBodySchema, previewSchema } from './api/mailings.ts';
import { channelNamed } from './bot-connect.ts';
import { channelTitle } from './channels.ts';
import type { HttpDeps } from './deps.ts';
import { fieldSentence } from './problems.ts';
import { guarded, type Route } from './route.ts';

const STRANGER: Person = { firstName: null, lastName: null, locale: null, attributes: {} };

export const previewRoutes = (deps: HttpDeps): Route[] => [
  guarded({
    method: 'post',
    path: '/preview',
    tag: 'Mailings',
    summary: 'A message as each messenger would show it to one person, and what it loses there.',
    needs: 'read',
    body: previewBodySchema,
    answer: previewSchema,
    async handle({ body, language }) {
      const person = body.subscriber === null ? null : await getSubscriber(deps.db, body.subscriber);
      if (body.subscriber !== null && !person) throw fieldProblem('subscriber', 'subscriber_unknown');
      const channels = body.channels.map((name, index) => channelNamed(deps, name, `channels.${index}`));
      return {
        items: channels.map((channel) => show(deps.publicUrl(), channel, body.content, person ?? STRANGER, language)),
        person: person ? { id: person.publicId, name: fullName(person.firstName, person.lastName) } : null,
      };
    },
  }),
];

function show(
  base: string,
  channel: Channel,
  content: Content,
  person: Person,
  language: string,
): Preview['items'][number] {
  const { name, capabilities } = channel;
  const message = messageFor(content, name);
  if (!message) return { channel: name, message: null, losses: [], errors: [], fallbacks: [], ...NO_SKETCH };
  const personal = personalise(message, person);
  const fitted = fit(personal.message, capabilities);
  const variant = content.synchronised ? EVERY_CHANNEL : name;
  return {
    channel: name,
    message: withAddresses(fitted.message, buttonsOf(personal.message), base),
    losses: fitted.losses.map(({ code, params }) => ({
      code,
      message: translate(language, `channels:losses.${code}`, { ...params, channel: channelTitle(language, name) }),
    })),
    errors: check(message, capabilities, content.synchronised).map((problem) => ({
      path: `content.variants.${variant}.${problem.path}`,
      code: problem.code,
      message: fieldSentence(language, problem),
    })),
    fallbacks: personal.fallbacks,
    ...sketchOf(channel, fitted.message, base),
  };
}

/** Buttons that became links show an address as it is sent: of ours, with a token for each person in place of the dots. */
function withAddresses(message: Message, buttons: readonly Button[], base: string): Message {
  const shown = (link: string): string => {
    if (link.startsWith('media:')) return `${base}/media/${link.slice('media:'.length)}`;
    const id = buttonOfAddress(link);
    const button = id === null ? undefined : buttons.find((candidate) => candidate.id === id);
    if (!button) return link;
    return `${base}/${button.kind === 'buy' ? 'b' : 'r'}/…`;
  };
  const elements = message.elements.map((element): Element =>
    element.kind !== 'text'
      ? element
      : {
          ...element,
          text: element.text.map((run) => {
            if (run.link === undefined) return run;
            const link = shown(run.link);
            return { ...run, link, text: isBareAddress(run) ? link : run.text };
          }),
        },
  );
  return { elements };
}

/** As long as most that are sent. */
const SAMPLE_TOKEN = 'A'.repeat(18);

type Sketched = Pick<Preview['items'][number], 'subject' | 'parts' | 'captioned'>;
const NO_SKETCH: Sketched = { subject: null, parts: null, captioned: true };

function sketchOf(channel: Channel, message: Message, base: string): Sketched {
  const address = `${base}/r/${SAMPLE_TOKEN}`;
  const links: RenderLinks = {
    button: () => ({ url: address, token: SAMPLE_TOKEN }),
    inline: () => address,
    image: () => ({ url: address, media: null }),
    unsubscribe: () => address,
    pixel: () => address,
  };
  return { ...NO_SKETCH, ...channel.sketch?.(channel.render(message, links, [])) };
}
