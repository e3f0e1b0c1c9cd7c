// What a person has to do elsewhere, step by step, in a box of its own. Nothing where there is nothing to do.
import { Text } from '@mantine/core';
import classes from './bots.module.css';

export function StepList({ title, steps }: { title: string; steps: readonly string[] }) {
  if (steps.length === 0) return null;
  return (
    <section className={classes.where} aria-label={title}>
      <Text size="sm" fw={600} mb={6}>
        {title}
      </Text>
      {steps.length === 1 ? (
        <Text size="sm">{steps[0]}</Text>
      ) : (
        <ol className={classes.steps}>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
    </section>
  );
}
