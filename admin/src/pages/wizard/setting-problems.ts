// What the server finds wrong with the settings, at the field it belongs to: what its check blocks, and what it refused to
// save at all.
import type { MailingCheck } from '../../../../src/http/api/mailings.ts';
import { settingProblems } from '../../features/sending/rules.ts';
import type { SettingProblems } from '../../features/sending/rules.ts';
import type { EditedDraft } from './use-draft.ts';

export function useSettingProblems({ state }: EditedDraft, check: MailingCheck | undefined): SettingProblems {
  // Of what is not saved the server knows only that it refused it.
  if (state.kind === 'refused')
    return settingProblems(Object.entries(state.fields).map(([path, message]) => ({ path, message })));
  return settingProblems(check?.findings.filter((finding) => finding.level === 'error') ?? []);
}
