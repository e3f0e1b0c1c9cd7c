// Where this channel stands in lists, and its mark there.
import type { Badge } from '../../src/domain/capabilities.ts';

export const badge: Badge = {
  group: 'chat',
  color: '#7360f2',
  icon: [
    'M12 3c5.5 0 9 1.8 9 8.2s-3.5 7.8 -9 7.8c-.7 0 -1.4 0 -2 -.1l-3.2 2.6v-3.5c-2.6 -1.1 -3.8 -3.3 -3.8 -6.8c0 -6.4 3.5 -8.2 9 -8.2',
    'M8.5 8.2c-.6 2.9 3.3 7.4 6.4 7.1l1.1 -1.5l-2 -1.6l-1.1 .8c-1.2 -.6 -1.9 -1.4 -2.3 -2.5l.9 -.9l-1.3 -2.1l-1.7 .7',
    'M13 7.5a3.2 3.2 0 0 1 2.8 2.9',
  ],
};
