// How the phone shows a short text, whichever network brings it: what the previews draw.
import type { Capabilities } from '../../src/domain/capabilities.ts';

export const SHORT_TEXT_LOOK = {
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
