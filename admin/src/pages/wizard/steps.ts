// The three steps, in order.
export const STEPS = ['message', 'audience', 'sending'] as const;
export type Step = (typeof STEPS)[number];
