// The look of the page. What is set here beyond taste is what WCAG 2.2 AA needs: darker shades for text on tints, a darker
// "dimmed", no upper-case badges, and a name for every close button.
import {
  ActionIcon,
  Badge,
  Button,
  createTheme,
  darken,
  defaultVariantColorsResolver,
  Drawer,
  lighten,
  Modal,
  parseThemeColor,
  Tooltip,
} from '@mantine/core';
import type { CSSVariablesResolver, VariantColorsResolver } from '@mantine/core';

const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const parsed = parseThemeColor({ color: input.color ?? input.theme.primaryColor, theme: input.theme });
  if (input.variant !== 'light' || !parsed.isThemeColor) return colors;
  const shades = input.theme.colors[parsed.color];
  const strong = shades?.[9] ?? parsed.value;
  const pale = shades?.[2] ?? parsed.value;
  return { ...colors, color: `light-dark(${darken(strong, 0.3)}, ${lighten(pale, 0.35)})` };
};

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, monospace",
  headings: {
    sizes: {
      h1: { fontSize: '22px', fontWeight: '600' },
      h2: { fontSize: '17px', fontWeight: '600' },
      h3: { fontSize: '15px', fontWeight: '600' },
    },
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  radius: { sm: '6px', md: '8px', lg: '12px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver,
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 500, variant: 'light' } }),
    Button: Button.extend({ defaultProps: { fw: 500 } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        withArrow: true,
        multiline: true,
        maw: 320,
        openDelay: 200,
        events: { hover: true, focus: true, touch: true },
      },
    }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg' } }),
    Drawer: Drawer.extend({ defaultProps: { position: 'right', size: 520 } }),
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#495057',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#3b5bdb',
    '--herald-page': '#f7f8fa',
    '--herald-surface': '#ffffff',
  },
  dark: {
    '--mantine-color-dimmed': '#a6a7ab',
    '--mantine-color-placeholder': '#8f9196',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#91a7ff',
    '--mantine-color-body': '#1b1c1e',
    '--herald-page': '#141517',
    '--herald-surface': '#1b1c1e',
  },
});
