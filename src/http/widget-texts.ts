// The words of the chat window, by key below `widget:` in `locales/`. The server hands them to the widget in the
// visitor's language, so that the script on the site carries none.
export const WIDGET_TEXTS = [
  'agree',
  'chosen',
  'close',
  'consent',
  'decline',
  'greeting',
  'menu',
  'newTab',
  'offline',
  'open',
  'openUnread',
  'picture',
  'placeholder',
  'refused',
  'resume',
  'send',
  'sending',
  'start',
  'stop',
  'stopped',
  'subscribed',
  'thread',
  'you',
] as const;
export type WidgetText = (typeof WIDGET_TEXTS)[number];
