// Back, how many people would get it now, Next: always in reach.
import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Counted } from '../../features/audience/use-audience.ts';
import { useFormat } from '../../ui/use-format.ts';
import type { Step } from './steps.ts';
import classes from './wizard.module.css';

interface Props {
  step: Step;
  counted: Counted;
  onBack: () => void;
  /** Next, or sending. */
  children: ReactNode;
}

export function BottomBar({ step, counted, onBack, children }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const total = counted.count?.total;
  return (
    <section className={classes.bar} aria-label={t('bar')}>
      <Button variant="default" onClick={onBack} disabled={step === 'message'}>
        {t('action.back')}
      </Button>
      <Text component="div" className={classes.recipients} {...(counted.counting ? { c: 'dimmed' } : {})}>
        {total === undefined ? '…' : t('recipients', { count: total, number: format.number(total) })}
      </Text>
      {children}
    </section>
  );
}
