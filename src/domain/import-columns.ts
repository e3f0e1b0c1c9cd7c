// Which column of an import goes where: a first guess from the header, and the check of what a person chose.
import { type FieldProblem, Problem } from './problem.ts';
import type { AttributeDefinition } from './subscriber.ts';
import { cleanText, lowerCase } from './text.ts';

const IMPORT_TARGETS = [
  'ignore',
  'external_key',
  'first_name',
  'last_name',
  'name',
  'email',
  'phone',
  'locale',
  'time_zone',
  'tags',
  'address',
  'status',
  'subscribed_at',
] as const;
export type ImportTarget = (typeof IMPORT_TARGETS)[number];

/** The columns that say who a row is about. One of them must be mapped. */
const IDENTITY_TARGETS = ['address', 'external_key', 'email', 'phone'] as const satisfies readonly ImportTarget[];

/** Header words people use, in the languages of the house, without blanks, dashes and underscores. */
const WORDS: Readonly<Record<Exclude<ImportTarget, 'ignore'>, readonly string[]>> = {
  external_key: ['externalkey', 'externalid', 'id', 'key', 'customerid', 'userid', 'crmid'],
  first_name: ['firstname', 'first', 'givenname', "ім'я", 'імя', 'имя', 'nombre', 'tên'],
  last_name: ['lastname', 'last', 'surname', 'familyname', 'прізвище', 'фамилия', 'apellido', 'apellidos', 'họ'],
  name: ['name', 'fullname', 'піб', 'фио', 'nombrecompleto', 'họvàtên', 'họtên'],
  email: ['email', 'emailaddress', 'mail', 'пошта', 'почта', 'correo', 'correoelectrónico', 'thư'],
  phone: [
    'phone',
    'phonenumber',
    'mobile',
    'tel',
    'telephone',
    'телефон',
    'teléfono',
    'sđt',
    'điệnthoại',
    'sốđiệnthoại',
  ],
  locale: ['locale', 'language', 'lang', 'мова', 'язык', 'idioma', 'ngônngữ'],
  time_zone: ['timezone', 'zone', 'tz', 'часовийпояс', 'часовойпояс', 'zonahoraria', 'múigiờ'],
  tags: ['tags', 'tag', 'labels', 'мітки', 'теги', 'тегі', 'метки', 'etiquetas', 'thẻ', 'nhãn'],
  address: ['address', 'chatid', 'chat', 'contactid', 'psid'],
  status: ['status', 'стан', 'статус', 'estado', 'trạngthái'],
  subscribed_at: ['subscribedat', 'subscribed', 'subscribedon', 'subscriptiondate'],
};

const bare = (text: string): string => lowerCase(cleanText(text)).replace(/[\s_.-]/g, '');

/** Column → target for every column; what is not recognised is ignored. */
export function guessMapping(
  columns: readonly string[],
  attributes: readonly AttributeDefinition[],
): Record<string, string> {
  const taken = new Set<string>();
  const guess = (column: string): string => {
    const word = bare(column);
    const attribute = attributes.find((one) => bare(one.key) === word || bare(one.name) === word);
    const target = attribute
      ? `attribute.${attribute.key}`
      : Object.entries(WORDS).find(([, words]) => words.includes(word))?.[0];
    if (target === undefined || taken.has(target)) return 'ignore';
    taken.add(target);
    return target;
  };
  return Object.fromEntries(columns.map((column) => [column, guess(column)]));
}

/** What each cell of a row becomes, by position; null is ignored. */
export type ColumnPlan = readonly (
  | { target: Exclude<ImportTarget, 'ignore'> }
  | { attribute: AttributeDefinition }
  | null
)[];

/** Throws `import_mapping` with one field problem per bad column. */
export function planColumns(
  columns: readonly string[],
  mapping: Readonly<Record<string, string>>,
  attributes: readonly AttributeDefinition[],
  hasBot: boolean,
): ColumnPlan {
  const faults: FieldProblem[] = [];
  const permitted = [...IMPORT_TARGETS, ...attributes.map((one) => `attribute.${one.key}`)];
  for (const [column, target] of Object.entries(mapping)) {
    const path = `mapping.${column}`;
    if (!columns.includes(column))
      faults.push({ path, code: 'import_column', params: { got: column, permitted: columns.join(', ') } });
    else if (!permitted.includes(target))
      faults.push({ path, code: 'import_target', params: { column, got: target, permitted: permitted.join(', ') } });
    else if (
      target !== 'ignore' &&
      target !== 'tags' &&
      Object.keys(mapping).find((one) => mapping[one] === target) !== column
    ) {
      faults.push({ path, code: 'import_target_twice', params: { column, got: target } });
    }
  }
  const targets = Object.values(mapping);
  if (!IDENTITY_TARGETS.some((target) => targets.includes(target))) {
    faults.push({ path: 'mapping', code: 'import_no_identity', params: { permitted: IDENTITY_TARGETS.join(', ') } });
  }
  if (targets.includes('address') && !hasBot) faults.push({ path: 'bot', code: 'import_bot_needed' });
  if (faults.length > 0) throw new Problem('import_mapping', { count: faults.length }, faults);
  return columns.map((column) => {
    const target = mapping[column] ?? 'ignore';
    const attribute = attributes.find((one) => `attribute.${one.key}` === target);
    if (attribute) return { attribute };
    return target === 'ignore' ? null : { target: target as Exclude<ImportTarget, 'ignore'> };
  });
}
