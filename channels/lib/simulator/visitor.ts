// A simulated person in a browser: opens a link, follows one step to where it leads, and at a checkout fills in the
// order form and pays. Real HTTP, but only against this machine: a simulated crowd must never reach a real shop.
import { request } from 'undici';

export interface Visit {
  url: string;
  /** The name for the order form; null when the person only looks. */
  buyer: { name: string; contact: string } | null;
  pays: boolean;
}

export interface VisitResult {
  opened: boolean;
  ordered: boolean;
  paid: boolean;
}

const AGENT =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';
const TIMEOUT_MS = 15_000;
const MAX_PAGE = 500_000;

export async function visit({ url, buyer, pays }: Visit): Promise<VisitResult> {
  const page = await open(url);
  const result = { opened: page !== null, ordered: false, paid: false };
  if (!page || !buyer) return result;
  const checkout = formWith(page, 'contact');
  if (!checkout) return result;
  const receipt = await submit(checkout, { name: buyer.name, contact: buyer.contact });
  result.ordered = receipt !== null;
  const payment = receipt && pays ? paymentForm(receipt) : null;
  if (payment) result.paid = (await submit(payment, {})) !== null;
  return result;
}

interface Page {
  url: string;
  html: string;
}

/** The page behind an address; null when it cannot be had. */
async function open(url: string): Promise<Page | null> {
  return fetchPage(url, { method: 'GET' }, 2);
}

async function fetchPage(
  url: string,
  options: { method: 'GET' | 'POST'; body?: string },
  steps: number,
): Promise<Page | null> {
  if (!isLocal(url)) return null;
  const answer = await request(url, {
    ...options,
    headers: {
      'user-agent': AGENT,
      accept: 'text/html,application/xhtml+xml',
      'accept-language': 'en',
      ...(options.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const html = (await answer.body.text()).slice(0, MAX_PAGE);
  const location = answer.headers.location;
  if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
    const target = new URL(location, url).href;
    // Where the redirect leads outside, the click has been counted all the same.
    if (steps <= 1 || !isLocal(target)) return { url: target, html: '' };
    return fetchPage(target, { method: 'GET' }, steps - 1);
  }
  return answer.statusCode < 400 ? { url, html } : null;
}

export function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, protocol } = new URL(url);
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.'));
}

interface Form {
  url: string;
  action: string;
  fields: Map<string, string>;
}

const submit = (form: Form, values: Record<string, string>): Promise<Page | null> => {
  const body = new URLSearchParams([...form.fields]);
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  return fetchPage(new URL(form.action || form.url, form.url).href, { method: 'POST', body: body.toString() }, 2);
};

const formWith = (page: Page, field: string): Form | null =>
  formsOf(page).find((form) => form.fields.has(field)) ?? null;

/** On the receipt, the form that pays; a form that takes an order again is none. */
const paymentForm = (page: Page): Form | null =>
  formsOf(page).find((form) => !form.fields.has('contact') && /pay/i.test(form.action)) ?? null;

/** Forms of our own plain pages: enough reading of HTML for those, and no more. */
function formsOf({ url, html }: Page): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)]
    .filter((match) => /method="?post/i.test(match[1] ?? ''))
    .map((match) => ({
      url,
      action: unescape(attribute(match[1] ?? '', 'action')),
      fields: new Map(
        [...(match[2] ?? '').matchAll(/<(?:input|textarea|select)\b([^>]*)>/gi)]
          .map((input): [string, string] => [
            attribute(input[1] ?? '', 'name'),
            unescape(attribute(input[1] ?? '', 'value')),
          ])
          .filter(([name]) => name !== ''),
      ),
    }));
}

const attribute = (text: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(text)?.[1] ?? '';

const unescape = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
