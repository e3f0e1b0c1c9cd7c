// The shape of what a bot is connected with, checked before its platform is asked.
import type { CredentialField } from '../../src/domain/capabilities.ts';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';

/** Throws for the first field that is missing or of a wrong shape. */
export function checkCredentials({ credentials }: ChannelBot, fields: readonly CredentialField[]): void {
  for (const { key, required, pattern } of fields) {
    const value = credentials[key] ?? '';
    const path = `credentials.${key}`;
    if (value === '') {
      if (required) throw fieldProblem(path, 'credential_missing', { field: key });
    } else if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
      throw fieldProblem(path, 'credential_wrong', { field: key });
    }
  }
}
