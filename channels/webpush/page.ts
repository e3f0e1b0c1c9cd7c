// The page people subscribe on, and its script. Like the service worker it runs in somebody's browser, so it is text.
import { SHARED } from './worker.ts';

/** Everything in it that differs from bot to bot, already safe to stand in HTML. */
export const pageHtml = (name: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${name}</title>
<link rel="icon" href="data:,">
<link rel="manifest" href="manifest.json">
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { max-width: 26rem; padding: 2rem 1.25rem; text-align: center; }
h1 { font-size: 1.5rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.5rem; margin-top: .75rem; border: 0;
  border-radius: .5rem; background: #1659b7; color: #fff; cursor: pointer; }
button:focus-visible { outline: 3px solid #7fb0f5; outline-offset: 2px; }
button[hidden] { display: none; }
</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p id="state" role="status"></p>
<button id="act" type="button" hidden></button>
</main>
<script src="page.js" defer></script>
</body>
</html>
`;

export interface PageConfig {
  publicKey: string;
  token: string;
  /** By language, then by what is said. */
  texts: Record<string, Record<string, string>>;
}

/** `<` is written so that no text can end a script. */
export const pageScript = (config: PageConfig): string =>
  `${SHARED}const CONFIG = ${JSON.stringify(config).replaceAll('<', '\\u003c')};\n${SCRIPT}`;

const SCRIPT = String.raw`
const wishes = navigator.languages.map((tag) => tag.split('-')[0]);
const language = wishes.find((wish) => CONFIG.texts[wish]) ?? 'en';
const texts = CONFIG.texts[language];
document.documentElement.lang = language;
const state = document.getElementById('state');
const act = document.getElementById('act');

const show = (said, action, work) => {
  state.textContent = texts[said];
  act.hidden = !action;
  if (!action) return;
  act.textContent = texts[action];
  act.onclick = async () => {
    act.disabled = true;
    try {
      await work();
    } catch {
      show('failed', action, work);
    } finally {
      act.disabled = false;
    }
  };
};

const subscribe = async (registration) => {
  if ((await Notification.requestPermission()) !== 'granted') return show('denied');
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: CONFIG.publicKey,
  });
  const subscription = made.toJSON();
  const answer = await report({
    type: 'subscribe',
    id: crypto.randomUUID(),
    token: CONFIG.token,
    subscription,
    ref: new URLSearchParams(location.search).get('ref') ?? undefined,
    locale: navigator.language,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  // The page stood open for a day: it gets a fresh token.
  if (answer.status === 401) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  await keep({ subscription, token: (await answer.json()).token, publicKey: CONFIG.publicKey });
  draw(registration);
};

const unsubscribe = async (registration) => {
  const kept = await recall();
  if (kept) {
    const { subscription, token } = kept;
    const answer = await report({ type: 'unsubscribe', id: crypto.randomUUID(), subscription, token });
    if (!answer.ok) throw new Error(String(answer.status));
  }
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  await keep(null);
  draw(registration);
};

const draw = async (registration) => {
  if (await recall()) show('subscribed', 'unsubscribe', () => unsubscribe(registration));
  else if (Notification.permission === 'denied') show('denied');
  else show('invitation', 'subscribe', () => subscribe(registration));
};

(async () => {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
    // Apple gives it to pages on the home screen only.
    return show(/iPhone|iPad/.test(navigator.userAgent) ? 'homeScreen' : 'unsupported');
  }
  await navigator.serviceWorker.register('sw.js');
  await draw(await navigator.serviceWorker.ready);
})().catch(() => show('failed'));
`;
