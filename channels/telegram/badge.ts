// Where this channel stands in lists, and its mark there.
import type { Badge } from '../../src/domain/capabilities.ts';

export const badge: Badge = { group: 'chat', color: '#1f8fc9', icon: ['M15 10l-4 4l6 6l4 -16l-18 7l4 2l2 6l3 -4'] };
