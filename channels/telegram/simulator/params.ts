// The parameters of a call, however they came: query, form, JSON or multipart. In all but JSON they are texts, and
// objects among them are JSON in a text, as the documentation has it.
import { splitMultipart } from '../../lib/simulator/multipart.ts';
import { badRequest } from './refusal.ts';

export interface Upload {
  name: string;
  body: Buffer;
}

export interface Params {
  values: Record<string, unknown>;
  uploads: Map<string, Upload>;
}

export async function readParams(query: URLSearchParams, type: string, body: Buffer): Promise<Params> {
  const uploads = new Map<string, Upload>();
  const values: Record<string, unknown> = Object.fromEntries(query);
  if (body.length === 0) return { values, uploads };
  if (type.startsWith('application/json')) return { values: { ...values, ...parseBody(body) }, uploads };
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { values: { ...values, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) }, uploads };
  }
  if (!type.startsWith('multipart/form-data')) return { values, uploads };
  const parts = splitMultipart(type, body);
  if (!parts) throw badRequest("can't parse multipart/form-data");
  for (const part of parts) {
    if (part.fileName === null) values[part.name] = part.body.toString('utf8');
    else uploads.set(part.name, { name: part.fileName, body: part.body });
  }
  return { values, uploads };
}

function parseBody(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Answered below, as for anything that is no object.
  }
  throw badRequest("can't parse request JSON object");
}

// --- Reading one parameter ------------------------------------------------------------------

export function textParam(values: Record<string, unknown>, name: string): string {
  const value = values[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw badRequest(`field "${name}" must be of type String`);
}

export function integerParam(values: Record<string, unknown>, name: string, fallback: number): number {
  const value = values[name];
  if (value === undefined || value === null || value === '') return fallback;
  const number = typeof value === 'number' ? value : Number(value);
  if (!Number.isSafeInteger(number)) throw badRequest(`field "${name}" must be of type Number`);
  return number;
}

export function booleanParam(values: Record<string, unknown>, name: string): boolean {
  const value = values[name];
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return /^(true|1|yes)$/i.test(value);
  throw badRequest(`field "${name}" must be of type Boolean`);
}

/** An object or a list: as it is in JSON, or written as JSON into a text. */
export function objectParam(values: Record<string, unknown>, name: string, what: string): unknown {
  const value = values[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw badRequest(`can't parse ${what} JSON object`);
  }
}
