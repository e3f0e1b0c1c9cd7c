// The demo shop's page as text. Every word comes from `locales/`, every picture is drawn here, all values are escaped.
import { LANGUAGES, type Language, translate } from '../i18n.ts';

interface Coffee {
  name: string;
  notes: 'guji' | 'huila' | 'espresso' | 'peru';
  roast: 'roastLight' | 'roastMedium' | 'roastDark';
  /** Euro cents. */
  price: number;
  /** Bag, label, and the shapes on it. */
  colors: readonly [string, string, string];
}

const COFFEES: readonly Coffee[] = [
  { name: 'Ethiopia Guji', notes: 'guji', roast: 'roastLight', price: 1290, colors: ['#e9b58c', '#fff6ec', '#d9663b'] },
  {
    name: 'Colombia Huila',
    notes: 'huila',
    roast: 'roastMedium',
    price: 1190,
    colors: ['#9fb39a', '#f6f8ef', '#3f6b4a'],
  },
  {
    name: 'Kestrel Espresso',
    notes: 'espresso',
    roast: 'roastDark',
    price: 1090,
    colors: ['#5b4038', '#f3e7dc', '#a9562f'],
  },
  { name: 'Peru Decaf', notes: 'peru', roast: 'roastMedium', price: 1240, colors: ['#93a9c2', '#f3f6fa', '#3b5a86'] },
];

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  uk: 'Українська',
  ru: 'Русский',
  es: 'Español',
  vi: 'Tiếng Việt',
};

const STEPS = ['howRoast', 'howRest', 'howSend'] as const;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

export interface DemoPage {
  /** Public id of the bot whose chat the page carries. */
  bot: string;
  ref: string | null;
  language: Language;
}

export function demoPage({ bot, ref, language }: DemoPage): string {
  const t = (key: string): string => escape(translate(language, `widget:demo.${key}`));
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${t('pageTitle')}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/demo/style.css">
<script async src="/widget.js" data-bot="${escape(bot)}"${ref === null ? '' : ` data-ref="${escape(ref)}"`}></script>
<script defer src="/demo/shop.js"></script>
</head>
<body>
<aside class="about" aria-label="Herald"><p>${t('about')} <a href="/">${t('admin')}</a></p></aside>
<header class="top">
<a class="brand" href="/demo?lang=${language}">${BIRD}<span>Kestrel Coffee</span></a>
<nav><a href="#coffees">${t('navCoffees')}</a><a href="#roastery">${t('navRoastery')}</a></nav>
</header>
<main>
<section class="hero">
<div><h1>${t('title')}</h1><p>${t('lead')}</p><a class="call" href="#coffees">${t('see')}</a></div>
${SCENE}
</section>
<section id="coffees" aria-labelledby="coffees-title">
<h2 id="coffees-title">${t('coffees')}</h2>
<ul class="coffees">${COFFEES.map((coffee) => card(coffee, language, t)).join('')}</ul>
</section>
<section id="roastery" aria-labelledby="roastery-title">
<h2 id="roastery-title">${t('how')}</h2>
<ol class="steps">${STEPS.map((step) => `<li><h3>${t(step)}</h3><p>${t(`${step}Text`)}</p></li>`).join('')}</ol>
</section>
</main>
<footer>
<p><strong>${t('visit')}</strong><br>Mill Lane 7<br>${t('hours')}</p>
<nav aria-label="${t('language')}">${LANGUAGES.map((other) => languageLink(other, language)).join('')}</nav>
</footer>
</body>
</html>
`;
}

function card({ name, notes, roast, price, colors }: Coffee, language: Language, t: (key: string) => string): string {
  const amount = new Intl.NumberFormat(language, { style: 'currency', currency: 'EUR' }).format(price / 100);
  return `<li>
${bag(colors)}
<div><h3>${name}</h3><p>${t(notes)}</p><p class="roast">${t(roast)}</p>
<p class="price"><strong>${escape(amount)}</strong> <span>${t('perBag')}</span></p>
<button type="button" data-chat aria-label="${t('ask')}: ${name}">${t('ask')}</button></div>
</li>`;
}

const languageLink = (other: Language, current: Language): string =>
  `<a href="/demo?lang=${other}" lang="${other}" hreflang="${other}"${other === current ? ' aria-current="true"' : ''}>${LANGUAGE_NAMES[other]}</a>`;

// --- Drawings -----------------------------------------------------------------------------------

const BIRD =
  '<svg viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="19" class="disc"/><path class="wing" d="M7 17c7-1 10 1 13 6 3-5 6-7 13-6-6 2-8 5-9 9l-4 5-4-5c-1-4-3-7-9-9z"/></svg>';

const bag = ([face, label, mark]: Coffee['colors']): string =>
  `<svg class="bag" viewBox="0 0 200 220" aria-hidden="true"><path d="M52 44h96l10 150q1 12-11 12H53q-12 0-11-12z" fill="${face}"/><path d="M52 44h96l2 26H50z" fill="#000" opacity=".14"/><path d="M56 30h88q4 0 4 4v12H52V34q0-4 4-4z" fill="${face}"/><rect x="64" y="92" width="72" height="84" rx="6" fill="${label}"/><ellipse cx="100" cy="124" rx="15" ry="21" transform="rotate(24 100 124)" fill="${mark}"/><path d="M93 106c9 9-2 20 13 36" fill="none" stroke="${label}" stroke-width="3.5" stroke-linecap="round"/><path d="M78 160h44M86 168h28" stroke="${mark}" stroke-width="3" stroke-linecap="round"/></svg>`;

const SCENE = `<svg class="scene" viewBox="0 0 480 400" aria-hidden="true"><circle cx="250" cy="196" r="178" class="sun"/><path class="hill far" d="M30 300q90-96 190-44t226-34v116q-40 40-196 40T30 338z"/><path class="hill near" d="M44 330q110-70 206-22t196-26q-10 62-92 84t-174 6-136-42z"/><path class="steam" d="M214 96c-16 18 14 28-2 48M248 80c-18 22 16 32-2 60M282 96c-16 18 14 28-2 48"/><path class="cup" d="M164 168h168v62q0 76-84 76t-84-76z"/><path class="handle" d="M332 184h16q26 0 26 30t-30 32h-20"/><ellipse class="coffee" cx="248" cy="170" rx="84" ry="17"/><ellipse class="saucer" cx="248" cy="312" rx="118" ry="15"/></svg>`;
