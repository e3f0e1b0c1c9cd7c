// The colours of a messenger as CSS variables, and a neutral look for one that declares none.
import type { Look } from '../../../../src/http/api/bots.ts';

export type Scheme = 'light' | 'dark';

const NEUTRAL: Look = {
  light: {
    page: '#eef1f5',
    bubble: '#ffffff',
    text: '#16181d',
    dim: '#4b5563',
    link: '#2f4bb5',
    button: '#ffffff',
    label: '#2f4bb5',
  },
  dark: {
    page: '#101214',
    bubble: '#23262b',
    text: '#f1f3f5',
    dim: '#b0b4ba',
    link: '#a5b8ff',
    button: '#23262b',
    label: '#a5b8ff',
  },
  radius: 14,
  buttons: 'below',
  buttonRadius: 10,
};

export function lookVariables(look: Look = NEUTRAL, scheme: Scheme): Record<string, string> {
  const colors = look[scheme];
  return {
    '--look-page': colors.page,
    '--look-bubble': colors.bubble,
    '--look-text': colors.text,
    '--look-dim': colors.dim,
    '--look-link': colors.link,
    '--look-button': colors.button,
    '--look-label': colors.label,
    '--look-radius': `${look.radius}px`,
    '--look-button-radius': `${look.buttonRadius}px`,
  };
}

export const buttonsInside = (look: Look = NEUTRAL): boolean => look.buttons === 'inside';
