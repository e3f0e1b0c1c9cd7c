// It was to start at a time that has long passed, and did not: a person says whether it still should.
import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconClockExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Late } from '../../../../src/http/api/engine.ts';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { Time } from '../../ui/figures.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMailingCommands } from '../mailings/commands.ts';
import { EndButton, SkipButton } from './series-choice.tsx';

export function LateQuestion({ mailing, late }: { mailing: Mailing; late: Late }) {
  const { t } = useTranslation();
  const format = useFormat();
  const commands = useMailingCommands(mailing);
  const [asking, ask] = useDisclosure(false);
  const people = late.people ?? mailing.figures.remaining;
  const count = { count: people, people: format.number(people) };
  /** Some have got it: only others' hour was missed. */
  const begun = mailing.figures.remaining > 0;
  return (
    <Notice icon={<IconClockExclamation size={20} aria-hidden />} title={t('late.title')}>
      <Stack gap="sm" align="flex-start">
        <span>
          {t('late.was')} <Time at={late.dueAt} {...(mailing.zone ? { zone: mailing.zone } : {})} withZone />
          {` · ${format.relative(late.dueAt)}. ${begun ? t('late.part', count) : t('late.why')}`}
        </span>
        <Group gap="xs">
          {mailing.repeats && mailing.starts > 0 ? (
            <>
              <SkipButton mailing={mailing} at={late.nextAt} />
              <EndButton mailing={mailing} />
            </>
          ) : (
            !begun && (
              <Button variant="default" size="xs" onClick={commands.unschedule} loading={commands.busy}>
                {t('late.another')}
              </Button>
            )
          )}
          <Button variant="default" size="xs" onClick={ask.open}>
            {t('late.now', count)}
          </Button>
        </Group>
      </Stack>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('late.nowTitle', count)}
        confirm={t('late.nowConfirm', count)}
        onConfirm={commands.goOn}
      >
        {t('late.nowText')}
      </ConfirmDialog>
    </Notice>
  );
}
