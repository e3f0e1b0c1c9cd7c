// The checkout, the order, unsubscribing and the "not found" page as text: no script, one small style, light and dark.
// Every value is escaped, every word comes from `locales/public.json`.
import { createHash } from 'node:crypto';
import type { Product } from '../domain/message.ts';
import { formatMoney } from '../domain/orders.ts';
import { type Language, translate } from '../i18n.ts';
import type { Order } from '../store/orders.ts';

const STYLE = `
:root{color-scheme:light dark;--page:#f7f8fa;--panel:#fff;--text:#1a1b1e;--dim:#5c5f66;--line:#ced4da;--accent:#4263eb;--on-accent:#fff;--ok:#2b8a3e;--bad:#c92a2a}
@media(prefers-color-scheme:dark){:root{--page:#141517;--panel:#1f1f1f;--text:#e9ecef;--dim:#a6a7ab;--line:#4a4b50;--accent:#748ffc;--on-accent:#141517;--ok:#69db7c;--bad:#ff8787}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:30rem;margin:0 auto;padding:2rem 1rem}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:1.5rem}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem;overflow-wrap:anywhere}
p{margin:.5rem 0;overflow-wrap:anywhere}
.price{font-size:1.75rem;font-weight:600;margin:.5rem 0 1rem}
.dim{color:var(--dim)}
.state{font-weight:600}
.state.paid{color:var(--ok)}
.state.cancelled,.state.refunded,.error{color:var(--bad)}
label{display:block;margin:1rem 0 .25rem;font-weight:500}
input,textarea{width:100%;min-height:44px;padding:.625rem .75rem;font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:8px}
[aria-invalid=true]{border-color:var(--bad)}
button,.button{display:block;width:100%;min-height:48px;margin-top:1.25rem;padding:.625rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:var(--on-accent);background:var(--accent);border:0;border-radius:8px;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
`;

/** Nothing loads, nothing runs, forms lead home, nobody frames the page. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

type Words = (key: string, params?: Record<string, string | number>) => string;

const wordsOf =
  (language: Language): Words =>
  (key, params) =>
    escape(translate(language, `public:${key}`, params));

const document = (language: Language, title: string, content: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<div class="panel">
${content}
</div>
</main>
</body>
</html>
`;

const price = (amount: number, currency: string, language: Language): string =>
  `<p class="price">${escape(formatMoney(amount, currency, language))}</p>`;

// --- Checkout -------------------------------------------------------------------------------

export interface CheckoutPage {
  product: Product;
  language: Language;
  action: string;
  /** Fields whose text was refused for its length. */
  tooLong?: ReadonlySet<string>;
  /** What was typed into a form that was refused. */
  typed?: Readonly<Record<string, unknown>>;
}

const FIELDS = [
  { name: 'name', autocomplete: 'name', limit: 200 },
  { name: 'contact', autocomplete: 'tel', limit: 200 },
  { name: 'note', autocomplete: 'off', limit: 1000 },
] as const;

export function checkoutPage(page: CheckoutPage): string {
  const { product, language, action } = page;
  const t = wordsOf(language);
  const content = `<h1>${escape(product.name)}</h1>
${price(product.amount, product.currency, language)}
<form method="post" action="${escape(action)}" accept-charset="utf-8">
${FIELDS.map((field) => formField(page, field, t)).join('\n')}
<button type="submit">${t('checkout.order')}</button>
</form>
<p class="dim">${t('checkout.foot')}</p>`;
  return document(language, t('checkout.title', { product: product.name }), content);
}

const GIVEN_BACK = 3;

function formField(
  { tooLong, typed }: CheckoutPage,
  { name, autocomplete, limit }: (typeof FIELDS)[number],
  t: Words,
): string {
  const value = typed?.[name];
  // More than is permitted is given back, for the person to shorten, but no more than keeps the page small.
  const text = escape(typeof value === 'string' ? value.slice(0, limit * GIVEN_BACK) : '');
  const wrong = tooLong?.has(name) ?? false;
  const attributes = `id="${name}" name="${name}" maxlength="${limit}" autocomplete="${autocomplete}"${wrong ? ` aria-invalid="true" aria-describedby="${name}-error"` : ''}`;
  const control =
    name === 'note' ? `<textarea ${attributes} rows="2">${text}</textarea>` : `<input ${attributes} value="${text}">`;
  const error = wrong ? `\n<p class="error" id="${name}-error">${t('checkout.too_long', { limit })}</p>` : '';
  return `<label for="${name}">${t(`checkout.${name}`)}</label>\n${control}${error}`;
}

// --- Order ----------------------------------------------------------------------------------

export interface OrderPage {
  order: Order;
  language: Language;
  /** The checkout's own address. */
  path: string;
  testPayment: boolean;
}

export function orderPage({ order, language, path, testPayment }: OrderPage): string {
  const t = wordsOf(language);
  const pay =
    testPayment && order.state === 'ordered'
      ? `<form method="post" action="${escape(path)}/pay"><button type="submit">${t('order.pay_test')}</button></form>
<p class="dim">${t('order.test_note')}</p>`
      : '';
  const again = order.state === 'cancelled' ? `<a class="button" href="${escape(path)}">${t('order.again')}</a>` : '';
  const content = `<h1>${escape(order.product)}</h1>
${price(order.amount, order.currency, language)}
<p class="state ${order.state}" role="status">${t(`order.state.${order.state}`)}</p>
<p>${t(`order.explanation.${order.state}`)}</p>
<dl><dt>${t('order.number')}</dt><dd>${escape(order.publicId)}</dd></dl>
${pay}${again}`;
  return document(language, t('order.title', { product: order.product }), content);
}

// --- Unsubscribing --------------------------------------------------------------------------

export interface LeavePage {
  language: Language;
  /** Whose messages they are. */
  name: string;
  action: string;
}

/** Asks first: scanners open every address of a message, and none of them presses a button. */
export function leavePage({ language, name, action }: LeavePage): string {
  const t = wordsOf(language);
  const content = `<h1>${t('leave.title', { name })}</h1>
<p>${t('leave.explanation')}</p>
<form method="post" action="${escape(action)}"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">${t('leave.button')}</button></form>`;
  return document(language, t('leave.title', { name }), content);
}

export function leftPage({ language, name }: Pick<LeavePage, 'language' | 'name'>): string {
  const t = wordsOf(language);
  const content = `<h1 role="status">${t('left.title')}</h1>\n<p>${t('left.explanation', { name })}</p>`;
  return document(language, t('left.title'), content);
}

// --- Not found ------------------------------------------------------------------------------

export function missingPage(language: Language): string {
  const t = wordsOf(language);
  return document(language, t('missing.title'), `<h1>${t('missing.title')}</h1>\n<p>${t('missing.explanation')}</p>`);
}
