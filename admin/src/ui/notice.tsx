// Something a person has to decide: told apart by an edge and an icon, with words in the colour of all words, so that it
// reads as well in the dark.
import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './notice.module.css';

interface Props {
  title?: string;
  icon: ReactNode;
  /** Below it. */
  mb?: string;
  children: ReactNode;
}

export function Notice({ title, icon, mb, children }: Props) {
  return (
    <Alert
      variant="default"
      radius="lg"
      maw={1240}
      icon={icon}
      {...(title === undefined ? {} : { title })}
      {...(mb === undefined ? {} : { mb })}
      classNames={{ root: classes.root ?? '', icon: classes.icon ?? '', title: classes.title ?? '' }}
    >
      {children}
    </Alert>
  );
}
