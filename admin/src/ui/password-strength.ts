// How hard a password is to guess, from 0 to 4: length counts most, repetition takes away. A hint, never a rule; the rule
// is twelve characters.

const SHORTEST = 12;
const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\d/u, /[^\p{L}\d]/u];

export function passwordStrength(password: string): 0 | 1 | 2 | 3 | 4 {
  if (password.length < SHORTEST) return 0;
  const different = new Set(password.toLowerCase()).size;
  if (different < 6) return 1;
  const kinds = KINDS.filter((kind) => kind.test(password)).length;
  const score =
    (password.length >= 20 ? 2 : password.length >= 16 ? 1 : 0) +
    (kinds >= 3 ? 2 : kinds === 2 ? 1 : 0) +
    (different >= 10 ? 1 : 0);
  return score >= 4 ? 4 : score >= 3 ? 3 : score >= 1 ? 2 : 1;
}
