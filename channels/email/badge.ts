// Where this channel stands in lists, and its mark there.
import type { Badge } from '../../src/domain/capabilities.ts';

export const badge: Badge = {
  group: 'mail',
  color: '#b4531f',
  icon: ['M3 7a2 2 0 0 1 2 -2h14a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-10', 'M3 7l9 6l9 -6'],
};
