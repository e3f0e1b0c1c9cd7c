// The fields of a report about a message: `Name: value`, folded over lines, in groups with an empty line between them (RFC
// 3464, RFC 5965). Pure.

/** By name in lower case; of a field that comes twice the first counts. */
export function fieldsOf(group: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of group.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]{1,100}):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name.toLowerCase()] ??= value.trim();
  }
  return fields;
}

export const groupsOf = (report: string): Record<string, string>[] =>
  report
    .split(/(?:\r?\n){2,}/)
    .map(fieldsOf)
    .filter((fields) => Object.keys(fields).length > 0);
