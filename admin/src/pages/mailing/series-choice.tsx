// What one can do with a repeated mailing besides going on: give up a stopped start and wait for the next one, or end it.
import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMailingCommands } from '../mailings/commands.ts';

/** Of a start that was stopped. */
export function SeriesChoice({ mailing }: { mailing: Mailing }) {
  return (
    <Group gap="xs">
      <SkipButton mailing={mailing} at={mailing.nextStartAt} />
      <EndButton mailing={mailing} />
    </Group>
  );
}

/** Nothing where there is no next start. */
export function SkipButton({ mailing, at }: { mailing: Mailing; at: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const commands = useMailingCommands(mailing);
  if (at === null) return null;
  const zone = mailing.settings.repeat?.zone;
  return (
    <Button variant="default" size="xs" loading={commands.busy} onClick={commands.skip}>
      {t('starts.skip', { time: format.moment(at, zone) })}
    </Button>
  );
}

export function EndButton({ mailing }: { mailing: Mailing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const commands = useMailingCommands(mailing);
  const [asking, ask] = useDisclosure(false);
  const { remaining } = mailing.figures;
  return (
    <>
      <Button variant="default" size="xs" onClick={ask.open}>
        {t('starts.end')}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('starts.endTitle', { name: mailing.name })}
        confirm={t('starts.endConfirm')}
        danger
        onConfirm={commands.end}
      >
        {t('starts.endText', { count: mailing.starts, number: format.number(mailing.starts) })}{' '}
        {remaining > 0 && t('starts.endRest', { count: remaining, people: format.number(remaining) })}
      </ConfirmDialog>
    </>
  );
}
