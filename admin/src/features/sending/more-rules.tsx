// Everything beyond speed and time, folded under one line that says what is set. A problem inside unfolds it.
import { Collapse, Skeleton, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { lazy, Suspense, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScheduleCheck } from '../../../../src/http/api/engine.ts';
import type { Settings } from '../shapes.ts';
import classes from './more-rules.module.css';
import { problemAt, RULES } from './rules.ts';
import type { SettingProblems } from './rules.ts';
import { useSendingWords } from './use-words.ts';

const RuleFields = lazy(() => import('./rule-fields.tsx'));

interface Props {
  settings: Settings;
  onChange: (changes: Partial<Settings>) => void;
  people: number | undefined;
  schedule: ScheduleCheck | undefined;
  problems: SettingProblems;
}

export function MoreRules(props: Props) {
  const { t } = useTranslation('sending');
  const words = useSendingWords();
  const id = useId();
  const wrong = RULES.some((rule) => problemAt(props.problems, rule) !== undefined);
  const [unfolded, setUnfolded] = useState(false);
  const open = unfolded || wrong;
  const summary = words.summary(props.settings).join(' · ');
  return (
    <div className={classes.box}>
      <UnstyledButton
        className={classes.head}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setUnfolded(!open)}
      >
        <span>
          <Text span fw={500} size="sm" display="block">
            {t('rules.title')}
          </Text>
          <Text span size="sm" c="dimmed" display="block">
            {summary || t('rules.none')}
          </Text>
        </span>
        <IconChevronDown size={18} aria-hidden className={classes.chevron} />
      </UnstyledButton>
      <Collapse expanded={open} id={id}>
        <div className={classes.body}>
          {open && (
            <Suspense fallback={<Skeleton h={260} />}>
              <RuleFields {...props} />
            </Suspense>
          )}
        </div>
      </Collapse>
    </div>
  );
}
