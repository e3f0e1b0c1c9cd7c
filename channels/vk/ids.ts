// Ids as the platform writes them.

/** A whole number above zero, as text; null for anything else. */
export const idOf = (value: unknown): string | null =>
  Number.isSafeInteger(value) && Number(value) > 0 ? String(value) : null;
