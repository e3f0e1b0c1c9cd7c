// The rules behind "More sending rules", each with what it means for this mailing. Loads when they are unfolded.
import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ScheduleCheck } from '../../../../src/http/api/engine.ts';
import { useSession } from '../../ui/use-session.ts';
import type { Settings } from '../shapes.ts';
import { CanaryField } from './canary-field.tsx';
import { CapFields } from './cap-fields.tsx';
import { LatestField } from './latest-field.tsx';
import { QuietFields } from './quiet-fields.tsx';
import { RepeatField } from './repeat-field.tsx';
import { RuleChoice } from './rule-choice.tsx';
import { isTimed, NEW_CAP, NEW_QUIET, problemAt } from './rules.ts';
import type { SettingProblems } from './rules.ts';
import { isOwn, useSendingWords } from './use-words.ts';

interface Props {
  settings: Settings;
  onChange: (changes: Partial<Settings>) => void;
  people: number | undefined;
  schedule: ScheduleCheck | undefined;
  problems: SettingProblems;
}

export default function RuleFields({ settings, onChange, people, schedule, problems }: Props) {
  const { t } = useTranslation('sending');
  const words = useSendingWords();
  const { workspace } = useSession();
  const { when, repeat, quietHours, frequencyCap, latest, canary } = settings;
  return (
    <Stack gap="lg">
      <RepeatField
        repeat={repeat}
        onChange={(next) => onChange({ repeat: next })}
        once={when.mode === 'person'}
        zone={when.mode === 'at' ? when.zone : workspace.timeZone}
        time={when.mode === 'now' ? null : when.local.slice(11, 16)}
        starts={schedule?.starts}
        problems={problems}
      />
      <RuleChoice
        label={t('quiet.title')}
        setting={quietHours}
        onChange={(next) => onChange({ quietHours: next })}
        usual={workspace.quietHours ? words.hours(workspace.quietHours) : t('choice.noRule')}
        own={workspace.quietHours ?? NEW_QUIET}
        error={isOwn(quietHours) ? undefined : problemAt(problems, 'quietHours')}
      >
        {isOwn(quietHours) && (
          <QuietFields
            quiet={quietHours}
            onChange={(next) => onChange({ quietHours: next })}
            error={problemAt(problems, 'quietHours')}
          />
        )}
      </RuleChoice>
      <RuleChoice
        label={t('cap.title')}
        setting={frequencyCap}
        onChange={(next) => onChange({ frequencyCap: next })}
        usual={workspace.frequencyCap ? words.cap(workspace.frequencyCap) : t('choice.noRule')}
        own={workspace.frequencyCap ?? NEW_CAP}
        error={isOwn(frequencyCap) ? undefined : problemAt(problems, 'frequencyCap')}
      >
        {isOwn(frequencyCap) && (
          <CapFields
            cap={frequencyCap}
            onChange={(next) => onChange({ frequencyCap: next })}
            error={problemAt(problems, 'frequencyCap')}
          />
        )}
      </RuleChoice>
      {isTimed(settings) && (
        <LatestField
          latest={latest}
          onChange={(next) => onChange({ latest: next })}
          error={problemAt(problems, 'latest')}
        />
      )}
      <CanaryField
        canary={canary}
        onChange={(next) => onChange({ canary: next })}
        people={people}
        problems={problems}
      />
    </Stack>
  );
}
