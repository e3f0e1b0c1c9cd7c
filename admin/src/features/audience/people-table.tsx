// A page of people: a table, or cards on a narrow screen. With `excluded`, single people can be ticked out.
import { Badge, Checkbox, Group, Paper, Table, Text, UnstyledButton } from '@mantine/core';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SubscriberRow } from '../../../../src/http/api/subscribers.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import classes from './people.module.css';

const SHOWN_TAGS = 3;

interface Props {
  people: readonly SubscriberRow[];
  onOpen: (id: string) => void;
  /** An older answer is shown while the new one is asked. */
  dimmed?: boolean;
  /** Who is left out by hand, and how that is changed. */
  exclusion?: { excluded: readonly string[]; toggle: (id: string) => void };
  showStatus?: boolean;
  label: string;
}

export function PeopleTable({ people, onOpen, dimmed, exclusion, showStatus, label }: Props) {
  const { t } = useTranslation('wizard');
  const channels = useChannels();
  const format = useFormat();
  const seen = (person: SubscriberRow): ReactNode =>
    person.lastSeenAt === null ? '–' : format.relative(person.lastSeenAt);
  const channel = (person: SubscriberRow): string => (person.channel ? channels.title(person.channel) : '–');
  const tick = (person: SubscriberRow) =>
    exclusion && (
      <Checkbox
        aria-label={t('people.include', { name: person.name })}
        checked={!exclusion.excluded.includes(person.id)}
        onChange={() => exclusion.toggle(person.id)}
      />
    );
  return (
    <Paper
      withBorder
      radius="lg"
      bg="var(--herald-surface)"
      className={clsx(dimmed && classes.dim)}
      style={{ overflow: 'hidden' }}
    >
      <Table.ScrollContainer
        minWidth={720}
        className={classes.table}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}
      >
        <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover fz="sm" aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {exclusion && <Table.Th w={48} aria-label={t('people.included')} />}
              <Table.Th>{t('people.name')}</Table.Th>
              <Table.Th>{t('people.messenger')}</Table.Th>
              <Table.Th>{t('people.bot')}</Table.Th>
              {showStatus && <Table.Th>{t('people.status')}</Table.Th>}
              <Table.Th>{t('people.locale')}</Table.Th>
              <Table.Th>{t('people.tags')}</Table.Th>
              <Table.Th>{t('people.lastSeen')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              <Table.Tr key={person.id} className={classes.row} onClick={() => onOpen(person.id)}>
                {exclusion && <Table.Td onClick={(event) => event.stopPropagation()}>{tick(person)}</Table.Td>}
                <Table.Td>
                  <UnstyledButton
                    className={classes.name}
                    fz="sm"
                    onClick={(event) => (event.stopPropagation(), onOpen(person.id))}
                  >
                    {person.name}
                  </UnstyledButton>
                </Table.Td>
                <Table.Td>{channel(person)}</Table.Td>
                <Table.Td>{person.bot ?? '–'}</Table.Td>
                {showStatus && (
                  <Table.Td>{person.status ? <StatusBadge of="connection" status={person.status} /> : '–'}</Table.Td>
                )}
                <Table.Td>{person.locale ?? '–'}</Table.Td>
                <Table.Td>
                  <Tags tags={person.tags} />
                </Table.Td>
                <Table.Td>{seen(person)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ul className={classes.cards} aria-label={label} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {people.map((person) => (
          <li key={person.id} className={classes.card}>
            {tick(person)}
            <UnstyledButton onClick={() => onOpen(person.id)} style={{ flex: 1, minWidth: 0 }}>
              <Group justify="space-between" gap="xs" wrap="nowrap">
                <Text size="sm" fw={500} truncate>
                  {person.name}
                </Text>
                {showStatus && person.status && <StatusBadge of="connection" status={person.status} />}
              </Group>
              <Text size="xs" c="dimmed">
                {channel(person)} · {person.bot ?? '–'} · {seen(person)}
              </Text>
              <Tags tags={person.tags} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Paper>
  );
}

export function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  const more = tags.length - SHOWN_TAGS;
  return (
    <Group gap={4} component="span">
      {tags.slice(0, SHOWN_TAGS).map((tag) => (
        <Badge key={tag} size="sm" color="gray" component="span">
          {tag}
        </Badge>
      ))}
      {more > 0 && (
        <Text span size="xs" c="dimmed">
          +{more}
        </Text>
      )}
    </Group>
  );
}
