// The writing of a personal field: `{{name|what is said without it}}`.

const VARIABLE = /\{\{\s*([a-z][a-z0-9_.]*)\s*(?:\|([^{}]*))?\}\}/gi;

export interface Variable {
  name: string;
  fallback: string;
  from: number;
  to: number;
}

export const variablesIn = (text: string): Variable[] =>
  [...text.matchAll(VARIABLE)].map((match) => ({
    name: match[1] ?? '',
    fallback: (match[2] ?? '').trim(),
    from: match.index,
    to: match.index + match[0].length,
  }));

/** Braces and bars would end the field early. */
export const variableText = (name: string, fallback: string): string => {
  const safe = fallback.replaceAll(/[{}|]/g, '').trim();
  return safe === '' ? `{{${name}}}` : `{{${name}|${safe}}}`;
};
