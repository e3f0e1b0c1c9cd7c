// A short name for variables and columns, made from the name people read.

const LONGEST = 63;

/** "Favourite city" → `favourite_city`; empty when nothing of it can be kept. */
export const keyFrom = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, LONGEST);
