// Channels (what a messenger can do), bots (one connected account), the simulator, and the website widget's settings.
import * as z from 'zod';
import { BUTTON_KINDS, ELEMENT_KINDS } from '../../domain/message.ts';
import { TEMPLATE_STATES } from '../../domain/template.ts';
import { publicIdSchema, timeSchema } from './common.ts';

const lookColorsSchema = z.object({
  page: z.string(),
  bubble: z.string(),
  text: z.string(),
  dim: z.string(),
  link: z.string(),
  button: z.string(),
  label: z.string(),
});

/** How a message looks in that messenger, for the previews. */
const lookSchema = z.object({
  light: lookColorsSchema,
  dark: lookColorsSchema,
  radius: z.number(),
  buttons: z.enum(['below', 'inside']),
  buttonRadius: z.number(),
  frame: z.enum(['chat', 'letter', 'notification']).optional(),
});
export type Look = z.infer<typeof lookSchema>;

export const capabilitiesSchema = z.object({
  elements: z.array(z.enum(ELEMENT_KINDS)),
  textLimit: z.int().nullable(),
  captionLimit: z.int(),
  textUnit: z.enum(['characters', 'utf16', 'bytes']),
  formatting: z.array(z.enum(['bold', 'italic', 'underline', 'strike', 'code', 'link'])),
  buttons: z.object({
    kinds: z.array(z.enum(BUTTON_KINDS)),
    max: z.int(),
    perRow: z.int(),
    label: z.int(),
    style: z.enum(['inline', 'keyboard']).optional(),
  }),
  imageBytes: z.int(),
  receipts: z.object({ delivered: z.boolean(), opened: z.boolean() }),
  batch: z.object({
    size: z.int(),
    identical: z.boolean(),
    placeholder: z.string().nullable(),
    callKey: z.object({ hours: z.number() }).optional(),
  }),
  idempotent: z.boolean(),
  rate: z.object({ mailing: z.number(), bot: z.number().nullable(), chat: z.number().nullable() }),
  window: z.object({ hours: z.int(), outside: z.enum(['closed', 'template', 'charged']) }).nullable(),
  choices: z
    .array(
      z.object({
        key: z.string(),
        rate: z.object({ mailing: z.number(), bot: z.number().nullable() }).optional(),
      }),
    )
    .optional(),
  inbound: z.array(z.enum(['webhook', 'polling', 'socket'])),
  look: lookSchema.optional(),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** `GET /channels`. `title` is the messenger's own name, as people know it. Sentences are translated, and may be empty. */
export const channelSchema = z.object({
  name: z.string(),
  title: z.string(),
  help: z.string(),
  capabilities: capabilitiesSchema,
  /** How it is told apart in lists: paths of a line drawing of 24 by 24 on a ground of its own. */
  badge: z
    .object({ group: z.enum(['chat', 'team', 'mail', 'site']), color: z.string(), icon: z.array(z.string()) })
    .nullable(),
  credentials: z.array(
    z.object({
      key: z.string(),
      secret: z.boolean(),
      required: z.boolean(),
      pattern: z.string().optional(),
      label: z.string(),
      help: z.string(),
      /** What a value of the right shape looks like. */
      shape: z.string(),
    }),
  ),
  /** The steps that lead to the credentials. */
  where: z.array(z.string()),
  /** The steps by which the webhook's address is given to a platform that has no call for it. */
  manual: z.array(z.string()),
  /** What the platform allows mailings to be, where it has rules of its own. */
  policy: z.string(),
  /** What a mailing may choose here. */
  choices: z.array(z.object({ key: z.string(), label: z.string(), help: z.string() })),
  /** Does the platform approve templates? `GET /bots/:id/templates` lists them. */
  templates: z.boolean(),
});
export type ChannelInfo = z.infer<typeof channelSchema>;

export const botSchema = z.object({
  id: publicIdSchema,
  channel: z.string(),
  name: z.string(),
  username: z.string().nullable(),
  picture: z.string().nullable(),
  /** Where people subscribe. */
  link: z.string().nullable(),
  status: z.enum(['connected', 'attention', 'paused']),
  /** Last characters of each secret, as `••••1234`. */
  secrets: z.record(z.string(), z.string()),
  apiRoot: z.string().nullable(),
  simulated: z.boolean(),
  /** Messages a second over this bot; null: the channel's own limit. */
  rate: z.number().nullable(),
  /** Messages a month that are free, where the platform charges for some; null: not known. */
  monthlyFree: z.int().nullable(),
  /** Where the platform lets credentials end: when these do, unless they are renewed before. */
  credentialsEndAt: timeSchema.nullable(),
  /** Why they could not be renewed, where the end is near or not known; null: no reason to worry. */
  renewalFailed: z.string().nullable(),
  webhookState: z.enum(['set', 'polling', 'manual', 'none']),
  /** To be pasted at the platform when `webhookState` is `manual`. */
  webhookUrl: z.string().nullable(),
  lastInboundAt: timeSchema.nullable(),
  lastOutboundAt: timeSchema.nullable(),
  lastErrorAt: timeSchema.nullable(),
  lastError: z.string().nullable(),
  subscribers: z.int(),
  active: z.int(),
  createdAt: timeSchema,
  /** The website chat: which sites may carry it, and how it looks. Null for other channels. */
  widget: z
    .object({ snippet: z.string(), origins: z.array(z.string()), title: z.string(), color: z.string() })
    .nullable(),
});
export type Bot = z.infer<typeof botSchema>;
export const botListSchema = z.object({ items: z.array(botSchema) });

/** `POST /bots/check` (asks the platform, saves nothing) and `POST /bots`. */
export const botBodySchema = z.strictObject({
  channel: z.string().max(32),
  name: z.string().trim().max(200).optional(),
  credentials: z.record(z.string().max(64), z.string().max(2000)).default({}),
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable()
    .optional(),
});
export type BotBody = z.input<typeof botBodySchema>;
export const botCheckSchema = z.object({
  name: z.string(),
  username: z.string().nullable(),
  picture: z.string().nullable(),
  link: z.string().nullable(),
});
export type BotCheck = z.infer<typeof botCheckSchema>;

/** `PATCH /bots/:id`. `paused` stops sending over it; credentials replace the old ones after a check. */
export const botPatchSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  paused: z.boolean().optional(),
  rate: z.number().min(0.1).max(10_000).nullable().optional(),
  monthlyFree: z.int().min(0).max(1_000_000_000).nullable().optional(),
  credentials: z.record(z.string().max(64), z.string().max(2000)).optional(),
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable()
    .optional(),
  widget: z
    .strictObject({
      origins: z.array(z.string().max(300)).max(50).optional(),
      title: z.string().trim().max(60).optional(),
      color: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/)
        .optional(),
    })
    .optional(),
});
export type BotPatch = z.input<typeof botPatchSchema>;

/** `POST /bots/:id/widget-secret`: for the server of the website, which vouches with it for its logged-in users. */
export const widgetSecretBodySchema = z.strictObject({
  /** Makes another one; what was signed with the old one vouches for nobody any more. */
  renew: z.boolean().default(false),
});
export const widgetSecretSchema = z.object({ secret: z.string() });
export type WidgetSecret = z.infer<typeof widgetSecretSchema>;

/** `POST /bots/:id/hello`: whom it answered, and whether the platform took it. */
export const botHelloSchema = z.object({
  person: z.string().nullable(),
  arrived: z.boolean(),
  /** What the platform said otherwise. */
  detail: z.string().nullable(),
});
export type BotHello = z.infer<typeof botHelloSchema>;

/** `GET /bots/:id/templates` */
export const templateInfoSchema = z.object({
  name: z.string(),
  language: z.string(),
  /** Its text, with place-holders as the platform writes them. */
  text: z.string(),
  parameters: z.int(),
  /** How it stands with its platform; `unfit`: approved, but it cannot be filled in here. */
  state: z.enum(TEMPLATE_STATES),
  /** Buttons whose address ends in something that is filled in. */
  buttons: z.array(
    z.object({
      index: z.int(),
      label: z.string(),
      base: z.string(),
      /** Its address is this server's own: clicks are counted, and the author names the address to lead to. */
      tracked: z.boolean(),
    }),
  ),
  /** Buttons with an address of their own: clicks on them cannot be counted. */
  fixedLinks: z.int(),
});
export type TemplateInfo = z.infer<typeof templateInfoSchema>;

/** `GET /bots/:id/link?ref=`: the subscription link and its QR code as SVG. */
export const botLinkSchema = z.object({ link: z.string(), qr: z.string() });
export type BotLink = z.infer<typeof botLinkSchema>;

/** The simulator: `GET /simulator`, `POST /simulator` (start, connect a bot, fill in people), `PATCH`, `DELETE`. */
export const simulatorBehaviourSchema = z.strictObject({
  /** Probabilities, 0 to 1, that a person who received a message … */
  press: z.number().min(0).max(1).optional(),
  open: z.number().min(0).max(1).optional(),
  buy: z.number().min(0).max(1).optional(),
  pay: z.number().min(0).max(1).optional(),
  reply: z.number().min(0).max(1).optional(),
  block: z.number().min(0).max(1).optional(),
  unsubscribe: z.number().min(0).max(1).optional(),
  comeBack: z.number().min(0).max(1).optional(),
  share: z.number().min(0).max(1).optional(),
  /** … that the message reaches the phone, is looked at; that a receipt comes late, an update twice. */
  deliver: z.number().min(0).max(1).optional(),
  read: z.number().min(0).max(1).optional(),
  late: z.number().min(0).max(1).optional(),
  repeat: z.number().min(0).max(1).optional(),
  /** Milliseconds the platform takes to answer. */
  delay: z.int().min(0).max(10_000).optional(),
});
export type SimulatorBehaviour = z.infer<typeof simulatorBehaviourSchema>;
export const simulatorBodySchema = z.strictObject({
  /** Left out: the first channel that can be simulated. */
  channels: z.array(z.string().max(32)).min(1).max(32).optional(),
  /** So many more people, spread evenly over these messengers … */
  people: z.int().min(0).max(1_000_000).default(5000),
  /** … of whom so many are on two of them, each as one subscriber with two connections. */
  overlap: z.int().min(0).max(1_000_000).default(0),
  behaviour: simulatorBehaviourSchema.default({}),
});
export type SimulatorBody = z.input<typeof simulatorBodySchema>;

/** What a simulator counted itself: the outside view of the same mailing. */
const simulatorCountsSchema = z.object({
  /** While people are being filled in: how many of how many subscribed. */
  filled: z.int(),
  people: z.int(),
  received: z.int(),
  throttled: z.int(),
});
export const simulatorSchema = z.object({
  /** Does any run? */
  running: z.boolean(),
  channels: z.array(z.string()),
  /** Each that runs, or ran and has its bot still. */
  messengers: z.array(
    simulatorCountsSchema.extend({ channel: z.string(), running: z.boolean(), botId: publicIdSchema.nullable() }),
  ),
  /** All messengers together; who is on two of them counts twice. */
  ...simulatorCountsSchema.shape,
  /** People, however many messengers they are on; and how many of them are on two. */
  persons: z.int(),
  shared: z.int(),
  behaviour: simulatorBehaviourSchema,
});
export type Simulator = z.infer<typeof simulatorSchema>;
