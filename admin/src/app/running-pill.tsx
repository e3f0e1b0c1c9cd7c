// The mailings being sent now, in the top bar of every page.
import { Loader, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries.ts';
import { useFormat } from '../ui/use-format.ts';
import classes from './shell.module.css';

export function RunningPill() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(queries.mailings({ tab: 'sending', limit: 10 }));
  const running = (data?.items ?? []).filter((mailing) => mailing.state === 'sending');
  const [first] = running;
  if (!first) return null;
  const { planned, remaining } = first.figures;
  if (running.length > 1) {
    return (
      <Link to="/mailings" search={{ tab: 'sending' }} className={classes.pill}>
        <Loader size={12} aria-hidden />
        {t('running.many', { count: running.length })}
      </Link>
    );
  }
  return (
    <Link to="/mailings/$id" params={{ id: first.id }} className={classes.pill}>
      <Loader size={12} aria-hidden />
      <VisuallyHidden>{t('running.label')}</VisuallyHidden>
      <span className={classes.pillName}>{first.name}</span>
      <span className="figures">{format.share(planned - remaining, planned)}</span>
    </Link>
  );
}
