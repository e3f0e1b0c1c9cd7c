// The page of one person.
import '../../app/mantine-forms.css';
import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api/queries.ts';
import { SubscriberCard } from '../../features/subscriber/subscriber-card.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';

export default function SubscriberPage() {
  const { t } = useTranslation('people');
  const { id = '' } = useParams({ strict: false });
  const { data } = useQuery(queries.subscriber(id));
  return (
    <div style={{ maxWidth: 760 }}>
      <Anchor component={Link} to="/subscribers" size="sm">
        {t('card.back')}
      </Anchor>
      <PageHeader title={data?.name ?? t('card.title')} />
      <Panel>
        <SubscriberCard id={id} />
      </Panel>
    </div>
  );
}
