// What every control of the filter panel needs beside its own rule.
import type { Field } from '../shapes.ts';

export interface FilterContext {
  fields: readonly Field[];
  fieldOf(name: string): Field | undefined;
  /** Is this the rule with which every audience begins? */
  isLocked(path: readonly number[]): boolean;
}
