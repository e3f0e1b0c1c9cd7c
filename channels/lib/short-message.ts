// What a short message of the mobile networks can carry and how the phone shows it, whichever way leads to the network.
import type { Capabilities } from '../../src/domain/capabilities.ts';

const LOOK = {
  light: {
    page: '#ffffff',
    bubble: '#e9e9eb',
    text: '#000000',
    dim: '#666669',
    link: '#0a64d2',
    button: '#e9e9eb',
    label: '#0a64d2',
  },
  dark: {
    page: '#000000',
    bubble: '#26252a',
    text: '#ffffff',
    dim: '#98989f',
    link: '#5aa9ff',
    button: '#26252a',
    label: '#5aa9ff',
  },
  radius: 18,
  buttons: 'inside',
  buttonRadius: 10,
} as const satisfies Capabilities['look'];

/** How long a text may be, how fast they go and how updates come back follows from the way. */
export const SHORT_MESSAGE = {
  // Pictures (MMS) exist in a few countries only: they become links.
  elements: ['text'],
  captionLimit: 0,
  textUnit: 'utf16',
  formatting: [],
  buttons: { kinds: [], max: 0, perRow: 0, label: 0 },
  imageBytes: 0,
  receipts: { delivered: true, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  window: null,
  look: LOOK,
} as const satisfies Omit<Capabilities, 'textLimit' | 'rate' | 'inbound'>;
