// Requests as Meta signs them, and the ways in which others might; the three channels on its Graph API share them.
import { createHmac } from 'node:crypto';
import type { InboundRequest } from '../../src/domain/channel.ts';
import type { SendPayload } from '../../channels/lib/graph/messages.ts';
import type { Inspected } from '../conformance/fixtures.ts';

const URL_OF_BOT = 'https://herald.example/webhooks/graphkey';

const hmac = (algorithm: string, secret: string, body: Buffer): string =>
  createHmac(algorithm, secret).update(body).digest('hex');

const posted = (body: Buffer, headers: Record<string, string>): InboundRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  query: {},
  body,
  url: URL_OF_BOT,
});

/** `update` signed with the app's secret, and everything that is nearly so. */
export function graphRequests(update: unknown, appSecret: string) {
  const body = Buffer.from(JSON.stringify(update));
  const right = `sha256=${hmac('sha256', appSecret, body)}`;
  const wrong = (title: string, headers: Record<string, string>, bytes = body) => ({
    title,
    request: posted(bytes, headers),
  });
  const changed = Buffer.from(body.toString('utf8').replace('{', '{ '));
  return {
    right: [posted(body, { 'x-hub-signature-256': right })],
    wrong: [
      wrong("another app's signature", { 'x-hub-signature-256': `sha256=${hmac('sha256', `${appSecret}0`, body)}` }),
      wrong('the old kind of signature', { 'x-hub-signature': `sha1=${hmac('sha1', appSecret, body)}` }),
      wrong('SHA-1 under the new name', { 'x-hub-signature-256': `sha1=${hmac('sha1', appSecret, body)}` }),
      wrong('a bare digest', { 'x-hub-signature-256': right.slice('sha256='.length) }),
      wrong('the beginning of the signature', { 'x-hub-signature-256': right.slice(0, -1) }),
      wrong('an empty signature', { 'x-hub-signature-256': '' }),
      wrong('the secret in the place of a signature', { 'x-hub-signature-256': appSecret }),
      wrong('other bytes that say the same', { 'x-hub-signature-256': right }, changed),
    ],
  };
}

export function graphHandshakes(verifyToken: string) {
  const asked = (query: Record<string, string>, method = 'GET'): InboundRequest => ({
    method,
    headers: {},
    query,
    body: Buffer.alloc(0),
    url: `${URL_OF_BOT}?${new URLSearchParams(query)}`,
  });
  const subscribe = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '1158201444' };
  return [
    {
      title: 'the platform tries the address',
      request: asked(subscribe),
      answer: { status: 200, type: 'text/plain', body: '1158201444' },
    },
    { title: 'another token', request: asked({ ...subscribe, 'hub.verify_token': `${verifyToken}x` }), answer: null },
    { title: 'no token', request: asked({ 'hub.mode': 'subscribe', 'hub.challenge': '1' }), answer: null },
    { title: 'another mode', request: asked({ ...subscribe, 'hub.mode': 'unsubscribe' }), answer: null },
    { title: 'no challenge', request: asked({ ...subscribe, 'hub.challenge': '' }), answer: null },
    { title: 'a page as the challenge', request: asked({ ...subscribe, 'hub.challenge': '<script>' }), answer: null },
    { title: 'a POST', request: asked(subscribe, 'POST'), answer: null },
  ];
}

/** What the Send API's calls hold. Labels that stand in for a missing text are no text. */
export function inspectSend({ message }: SendPayload): Inspected {
  const { attachment } = message;
  if (attachment?.type !== 'template') return { text: message.text ?? '', caption: '', rows: [], targets: [] };
  const { payload } = attachment;
  const [card] = payload.template_type === 'generic' ? payload.elements : [];
  const buttons = (payload.template_type === 'button' ? payload.buttons : card?.buttons) ?? [];
  const own = (text: string): string =>
    buttons
      .map(({ title }) => title)
      .join(' · ')
      .startsWith(text)
      ? ''
      : text;
  return {
    text: payload.template_type === 'button' ? own(payload.text) : '',
    caption: own(card?.title ?? ''),
    rows: buttons.map(({ title }) => [title]),
    targets: buttons.map((button) => (button.type === 'postback' ? button.payload : button.url)),
  };
}
