// Turns a fitted message into the texts it is sent as. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { shortTexts } from '../lib/short-text.ts';
import { CAPABILITIES } from './capabilities.ts';

export interface SmppPayload {
  text: string;
}

const ROOM = { limit: CAPABILITIES.textLimit, unit: CAPABILITIES.textUnit };

export const render = (message: Message, links: RenderLinks): SmppPayload[] =>
  shortTexts(message, links, ROOM).map((text) => ({ text }));
