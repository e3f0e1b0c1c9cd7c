// What a channel can do, what it asks of whoever connects a bot, and how it looks: data, by which everybody else tells channels
// apart. Values only; what needs a function is no capability but a member of the contract (channel.ts).
import type { ButtonKind, ElementKind } from './message.ts';

export interface Capabilities {
  elements: readonly ElementKind[];
  /** Longest text of one payload, in `textUnit`s; null where there is no limit. */
  textLimit: number | null;
  /** Longest text that may ride on a picture; 0 where pictures carry none. */
  captionLimit: number;
  /** How the platform counts: code points, UTF-16 units or UTF-8 bytes. */
  textUnit: 'characters' | 'utf16' | 'bytes';
  formatting: readonly ('bold' | 'italic' | 'underline' | 'strike' | 'code' | 'link')[];
  buttons: {
    kinds: readonly ButtonKind[];
    /** Most buttons in one message. */
    max: number;
    perRow: number;
    /** Longest label, in characters. */
    label: number;
    /** Whether they stand at the message, or replace the person's keyboard until the next message; `inline` if not said. */
    style?: 'inline' | 'keyboard';
  };
  /** Largest picture in bytes. */
  imageBytes: number;
  receipts: { delivered: boolean; opened: boolean };
  batch: {
    /** Most envelopes one `deliver` call takes to the platform in one request; 1 where there is no batch endpoint. */
    size: number;
    /** The request carries one payload for all its receivers: only envelopes with the same payload go together. */
    identical: boolean;
    /**
     * What the platform replaces in every address of a batch by the receiver's id, percent-encoded; null where it does no
     * such thing. With it, links stay personal although the payload is one for all.
     */
    placeholder: string | null;
    /**
     * The platform drops a repeat by one key for the request as a whole, and remembers it for so many hours: envelopes carry
     * `call`, come back with those they went with and nobody else, and no call names an address twice. Goes with no `hosts`,
     * whose pace is each message's own. Without it a repeat is known by each envelope's own `key`.
     */
    callKey?: { hours: number };
  };
  /** The platform drops a repeated send that carries the same key: the envelope's, in whatever company, or the call's. */
  idempotent: boolean;
  rate: {
    /** Messages a second a mailing is offered by default: the slider's upper end. */
    mailing: number;
    /** Messages a second one bot may send in all; null where the platform names no limit. */
    bot: number | null;
    /** Messages a second to one person; null where the platform names no limit. */
    chat: number | null;
  };
  /** When free messages may be sent; null where there is no window. */
  window: MessagingWindow | null;
  /** What a mailing may choose on this channel, each by a check box: `channels:<name>.choices.<key>`. */
  choices?: readonly Choice[];
  /**
   * Where pictures must be: without it the channel takes any. `upload`: ours are handed over as bytes, else the platform
   * fetches them from our address; `https`: what it fetches must have an address that begins so.
   */
  pictures?: { upload: boolean; https: boolean };
  /** How updates arrive. */
  inbound: readonly ('webhook' | 'polling' | 'socket')[];
  /** How a message looks there, for the previews; without it a neutral one is drawn. */
  look?: Look;
}

/** The time after a person's last act in which free messages may be sent to them. */
export interface MessagingWindow {
  hours: number;
  /**
   * What may be sent afterwards: nothing (`closed`), only what the platform approved beforehand (`template`), or
   * everything, at a price or against a monthly count (`charged`).
   */
  outside: 'closed' | 'template' | 'charged';
}

/** Something about a mailing that its owner decides for one channel. Off unless chosen. */
export interface Choice {
  key: string;
  /** What the choice makes of the rate, where it changes it. */
  rate?: { mailing: number; bot: number | null };
}

/** Colours of one scheme, as CSS writes them. `page` may be a gradient. */
export interface LookColors {
  page: string;
  bubble: string;
  text: string;
  dim: string;
  link: string;
  /** A button's face and its label. */
  button: string;
  label: string;
}

/** What a preview needs in order to resemble a messenger: data only. */
export interface Look {
  light: LookColors;
  dark: LookColors;
  /** Corner radius of a bubble, in pixels. */
  radius: number;
  /** Whether the buttons hang below the bubble or stand inside it. */
  buttons: 'below' | 'inside';
  /** Corner radius of a button, in pixels. */
  buttonRadius: number;
  /** What surrounds the message; a chat if not said. */
  frame?: 'chat' | 'letter' | 'notification';
}

/** What a preview shows beside the message itself. */
export interface Sketch {
  /** The line above a letter or a notification. */
  subject?: string | null;
  /** How many messages the network counts. */
  parts?: number;
  /** False where pictures travel as messages of their own although the capabilities allow words on them. */
  captioned?: boolean;
}

/** How a channel is told apart in lists: data only. */
export interface Badge {
  /** Beside which others it stands: messengers, chats of teams, mail and telephone, websites and programs. */
  group: 'chat' | 'team' | 'mail' | 'site';
  /** The ground of its mark; white reads well on it. */
  color: string;
  /** Paths of a line drawing of 24 by 24, as SVG writes them. */
  icon: readonly string[];
}

/** One field of the form that connects a bot. Labels and help come from `locales/`: `channels.<name>.<key>`. */
export interface CredentialField {
  key: string;
  secret: boolean;
  required: boolean;
  /** Shape checked before the platform is asked, as the source of a regular expression. */
  pattern?: string;
}
