// Discord's API as far as messages go, as strict as its documentation: what it checks before it accepts, and its memory of nonces.
import type { MessageBody } from '../../channels/discord/render.ts';
import { PICTURE } from '../conformance/fixtures.ts';
import { type Answer, answerJson, type Asked } from './script-server.ts';

interface Strict {
  /** What is answered to a call; a conversation's id is that of the person. */
  take(asked: Asked): { status: number; body: unknown };
  answer: Answer;
  messages: { to: string; body: MessageBody & { attachments?: unknown[] } }[];
}

/** What the API checks before it accepts, and its memory of nonces. */
export function strictDiscord(token: string): Strict {
  const nonces = new Map<string, unknown>();
  const opened = new Set<string>();
  const messages: Strict['messages'] = [];
  const refuse = (status: number, code: number, message: string): { status: number; body: unknown } => ({
    status,
    body: { message, code },
  });
  const take: Strict['take'] = ({ method, path, headers, body }) => {
    if (!/^DiscordBot \(.+, .+\)$/.test(String(headers['user-agent'])))
      return refuse(403, 40333, 'internal network error');
    if (headers.authorization !== `Bot ${token}`) return refuse(401, 0, '401: Unauthorized');
    if (method !== 'POST') return refuse(405, 0, '405: Method Not Allowed');
    if (path === '/users/@me/channels') {
      const { recipient_id: person } = JSON.parse(body) as { recipient_id: string };
      opened.add(person);
      return { status: 200, body: { id: `${person}00`, type: 1, recipients: [{ id: person }] } };
    }
    const to = /^\/channels\/(\d+)00\/messages$/.exec(path)?.[1] ?? '';
    if (!opened.has(to)) return refuse(404, 10003, 'Unknown Channel');
    const message = readMessage(String(headers['content-type']), body);
    const fault = message === null ? 'body' : faultOf(message);
    if (message === null || fault) return refuse(400, 50035, `Invalid Form Body: ${fault}`);
    const before = nonces.get(message.nonce);
    if (before !== undefined) return { status: 200, body: before };
    const sent = { id: `99000000000000000${messages.length}`, channel_id: `${to}00`, nonce: message.nonce };
    nonces.set(message.nonce, sent);
    messages.push({ to, body: message });
    return { status: 200, body: sent };
  };
  const answer: Answer = (asked, response) => {
    const { status, body } = take(asked);
    answerJson(status, body)(asked, response);
  };
  return { take, answer, messages };
}

type Sent = MessageBody & { nonce: string; enforce_nonce: boolean; attachments?: { id: number; filename: string }[] };

function readMessage(type: string, body: string): Sent | null {
  if (type === 'application/json') return JSON.parse(body) as Sent;
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type)?.[1];
  if (boundary === undefined) return null;
  const parts = body.split(`--${boundary}`).slice(1, -1);
  const json = parts.find((part) => part.includes('name="payload_json"'))?.split('\r\n\r\n')[1];
  const message = JSON.parse(json ?? 'null') as Sent | null;
  const file = parts.find((part) => part.includes('name="files[0]"'));
  const named = file !== undefined && file.includes(`filename="${message?.attachments?.[0]?.filename}"`);
  return named && file.endsWith(`${PICTURE.body.toString()}\r\n`) ? message : null;
}

function faultOf(message: Sent): string | undefined {
  const { content = '', embeds = [], attachments = [], components = [], nonce, enforce_nonce: enforced } = message;
  if (content.length > 2000) return 'content';
  if (content === '' && embeds.length + attachments.length === 0) return 'empty';
  if (nonce.length > 25 || !enforced) return 'nonce';
  if (components.length > 5 || components.some((row) => row.components.length < 1 || row.components.length > 5))
    return 'components';
  const buttons = components.flatMap((row) => row.components);
  const bad = buttons.find((button) => {
    const target = button.style === 5 ? button.url : button.custom_id;
    return button.label.length > 80 || target === '' || target.length > (button.style === 5 ? 512 : 100);
  });
  return bad ? 'button' : undefined;
}
