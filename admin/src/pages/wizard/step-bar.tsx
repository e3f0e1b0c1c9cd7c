// Where one is among the three steps: a stepper, or one line and a bar on a narrow screen. Any step may be opened.
import { Badge, Progress, Stepper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { STEPS } from './steps.ts';
import type { Step } from './steps.ts';
import classes from './wizard.module.css';

interface Props {
  step: Step;
  onStep: (step: Step) => void;
  /** How many problems each step has; null while they are not shown. */
  problems: Readonly<Record<Step, number>> | null;
}

export function StepBar({ step, onStep, problems }: Props) {
  const { t } = useTranslation('wizard');
  const active = STEPS.indexOf(step);
  const wrong = (one: Step) => problems?.[one] ?? 0;
  return (
    <nav aria-label={t('steps')} style={{ marginBottom: 20 }}>
      <div className={classes.wide}>
        <Stepper
          active={active}
          onStepClick={(index) => onStep(STEPS[index] ?? 'message')}
          size="sm"
          iconSize={30}
          allowNextStepsSelect
        >
          {STEPS.map((one, index) => (
            <Stepper.Step
              key={one}
              label={t(`step.${one}`)}
              description={
                wrong(one) > 0 ? (
                  <Badge color="red" size="sm" component="span">
                    {t('problems', { count: wrong(one) })}
                  </Badge>
                ) : undefined
              }
              color={wrong(one) > 0 ? 'red' : undefined}
              aria-current={index === active ? 'step' : undefined}
            />
          ))}
        </Stepper>
      </div>
      <div className={classes.narrow}>
        <Text size="sm" fw={600} mb={6}>
          {t('stepOf', { number: active + 1, count: STEPS.length, name: t(`step.${step}`) })}
        </Text>
        <Progress value={((active + 1) / STEPS.length) * 100} size={4} aria-label={t('steps')} />
      </div>
    </nav>
  );
}
