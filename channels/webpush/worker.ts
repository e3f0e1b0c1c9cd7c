// The service worker, as browsers get it: shows what is pushed and reports what became of it. It runs in somebody's browser
// without us, so it is written out here as text and uses nothing else.

/** What page and worker share: where reports go, and a box that remembers the subscription with its token. */
export const SHARED = String.raw`'use strict';
const HOME = new URL('.', self.location.href).pathname;
const HOOK = HOME.replace('/channels/', '/webhooks/').replace(/\/$/, '');

const box = (mode, work) =>
  new Promise((done, fail) => {
    const opening = indexedDB.open('push', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
      const base = opening.result;
      const asking = base.transaction('kept', mode);
      const asked = work(asking.objectStore('kept'));
      asking.oncomplete = () => {
        base.close();
        done(asked.result);
      };
      asking.onabort = () => fail(asking.error);
    };
  });
const recall = () => box('readonly', (kept) => kept.get(HOME));
const keep = (value) => box('readwrite', (kept) => kept.put(value, HOME));

const report = (what) =>
  fetch(HOOK, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
    keepalive: true,
  });
`;

export const WORKER = String.raw`${SHARED}
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

const subscription = async () =>
  (await recall())?.subscription ?? (await self.registration.pushManager.getSubscription())?.toJSON();

/** A report that cannot be made holds up nothing. */
const tell = async (type, { id, token }, more) => {
  try {
    await report({ type, message: id, token, subscription: await subscription(), ...more });
  } catch {
    // Offline: the next one will do.
  }
};

self.addEventListener('push', (event) => {
  let notice;
  try {
    notice = event.data.json();
  } catch {
    return;
  }
  const { title, text, image, buttons = [] } = notice;
  const showing = self.registration.showNotification(title, {
    body: text,
    // The same message twice is one notification.
    tag: notice.id,
    data: notice,
    ...(image && { image }),
    actions: buttons.map(({ label }, index) => ({ action: String(index), title: label })),
  });
  event.waitUntil(Promise.all([showing, tell('received', notice)]));
});

self.addEventListener('notificationclick', (event) => {
  const notice = event.notification.data;
  const button = (notice.buttons ?? [])[event.action === '' ? -1 : Number(event.action)];
  event.notification.close();
  const url = button ? button.url : notice.open;
  const opening = url ? self.clients.openWindow(url) : null;
  event.waitUntil(Promise.all([opening, tell('clicked', notice, button?.token && { button: button.token })]));
});

self.addEventListener('notificationclose', (event) => {
  event.waitUntil(tell('closed', event.notification.data));
});

const moveOn = async (given) => {
  const kept = await recall();
  if (!kept) return;
  const next =
    given ??
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: kept.publicKey }));
  const id = crypto.randomUUID();
  const answer = await report({
    type: 'changed',
    id,
    subscription: next.toJSON(),
    formerly: kept.subscription,
    token: kept.token,
  });
  if (answer.ok) await keep({ ...kept, subscription: next.toJSON(), token: (await answer.json()).token });
};
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(moveOn(event.newSubscription)));
`;
