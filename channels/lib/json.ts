// Reading what came over a wire: whatever is promised, any value may be missing or of another kind.

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asRecord = (value: unknown): JsonRecord => (isRecord(value) ? value : {});

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The records in a list; nothing where it is none. */
export const asRecords = (value: unknown): readonly JsonRecord[] => asList(value).filter(isRecord);

/** Empty for anything but a text. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a text holds as JSON; undefined where it holds none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
