// The owner's attribute definitions, and the fields an audience may ask for.
import { type Field, fieldsWith } from '../domain/audience.ts';
import { fieldProblem } from '../domain/problem.ts';
import type { AttributeDefinition, AttributeType } from '../domain/subscriber.ts';
import type { Database } from './database.ts';
import { isDuplicate, readJson } from './database.ts';

interface AttributeRow {
  key: string;
  name: string;
  type: AttributeType;
  choices: unknown;
}

export async function listAttributes(db: Database): Promise<AttributeDefinition[]> {
  const rows = await db<AttributeRow>('attribute_definitions').orderBy('id').select('key', 'name', 'type', 'choices');
  return rows.map((row) => ({ ...row, choices: row.choices === null ? [] : readJson<string[]>(row.choices) }));
}

/** Throws `attribute_exists` when the key is taken. */
export async function insertAttribute(db: Database, attribute: AttributeDefinition, now: number): Promise<void> {
  if (['choice', 'choices'].includes(attribute.type) && attribute.choices.length === 0) {
    throw fieldProblem('choices', 'attribute_choices_needed', { attribute: attribute.name });
  }
  try {
    await db('attribute_definitions').insert({
      ...attribute,
      choices: JSON.stringify(attribute.choices),
      created_at: now,
    });
  } catch (error) {
    throw isDuplicate(error) ? fieldProblem('key', 'attribute_exists', { key: attribute.key }) : error;
  }
}

/** Every field a filter may name now. */
export const listFields = async (db: Database): Promise<Field[]> => fieldsWith(await listAttributes(db));
