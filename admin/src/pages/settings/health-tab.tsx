// How the server is doing, in plain words and anew every few seconds; and all of it as text for whoever helps.
import { Badge, Button, Group, Paper, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { HealthReport } from '../../../../src/http/api/engine.ts';
import { queries } from '../../api/queries.ts';
import { Time } from '../../ui/figures.tsx';
import { AnchorLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/panel.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useCopy } from '../../ui/use-copy.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useSession } from '../../ui/use-session.ts';
import { supportText } from './support-text.ts';

const ASK_MS = 5000;
const DATABASES: Readonly<Record<string, string>> = { sqlite: 'SQLite', mysql: 'MySQL', mariadb: 'MariaDB' };

export default function HealthTab() {
  const { t } = useTranslation();
  const { staff } = useSession();
  const maySee = staff.role === 'owner' || staff.role === 'admin';
  const health = useQuery({ ...queries.health(), refetchInterval: ASK_MS, enabled: maySee });
  if (!maySee) return <EmptyState text={t('health.noRight')} />;
  if (!health.data) {
    return health.error ? (
      <ErrorState error={health.error} onRetry={() => void health.refetch()} />
    ) : (
      <Skeleton h={320} radius="lg" aria-hidden />
    );
  }
  return (
    <Stack gap="md">
      {health.error && (
        <ErrorState error={health.error} updatedAt={health.dataUpdatedAt} onRetry={() => void health.refetch()} />
      )}
      <Report report={health.data} />
    </Stack>
  );
}

function Report({ report }: { report: HealthReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { senders, queue, queueByChannel, sentLastMinute, database, redis, findings, errors } = report;
  // That a mailing's time has not come is no news.
  const waits = report.waits.filter(({ waiting: { code } }) => code !== 'not_due');
  const waiting = queueByChannel.filter((depth) => depth.remaining + depth.due > 0);
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" component="dl" m={0}>
        <Figure
          name={t('health.senders')}
          note={senders.length === 0 ? t('health.nobody') : null}
          bad={senders.length === 0}
        >
          {format.number(senders.length)}
        </Figure>
        <Figure
          name={t('health.queue')}
          note={
            waiting.length > 1
              ? waiting.map(({ title, remaining, due }) => `${title} ${format.number(remaining + due)}`).join(' · ')
              : null
          }
        >
          {format.number(queue)}
        </Figure>
        <Figure name={t('health.sent')}>{format.number(sentLastMinute)}</Figure>
        <Figure name={t('health.waits')}>{format.number(waits.length)}</Figure>
      </SimpleGrid>
      <Panel title={t('health.parts')} beside={<CopyReport report={report} />}>
        <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
          <Part
            name={t('health.database', { kind: `${DATABASES[database.kind] ?? database.kind} ${database.version}` })}
            ms={database.ms}
          />
          {redis && <Part name={t('health.redis')} ms={redis.ms} />}
          {senders.map((sender) => (
            <Group component="li" key={sender.id} justify="space-between" gap="xs">
              <Text size="sm">{t('health.sender', { host: sender.host })}</Text>
              <Text size="sm" c="dimmed">
                {t('health.since')} <Time at={sender.startedAt} />
              </Text>
            </Group>
          ))}
        </Stack>
      </Panel>
      {findings.length > 0 && (
        <Panel title={t('health.stuck')}>
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {findings.map((finding) => (
              <Told key={`${finding.kind} ${finding.about} ${finding.host}`} at={finding.since} text={finding.text} />
            ))}
          </Stack>
        </Panel>
      )}
      <Panel title={t('health.waitsTitle')}>
        {waits.length === 0 ? (
          <Nothing>{t('health.noWaits')}</Nothing>
        ) : (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {waits.map(({ mailing, waiting }) => (
              <li key={mailing.id}>
                <AnchorLink to="/mailings/$id" params={{ id: mailing.id }} size="sm" fw={500} dir="auto">
                  {mailing.name}
                </AnchorLink>
                <Text size="sm">{waiting.text}</Text>
              </li>
            ))}
          </Stack>
        )}
      </Panel>
      <Panel title={t('health.errors')}>
        {errors.length === 0 ? (
          <Nothing>{t('health.noErrors')}</Nothing>
        ) : (
          <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {errors.map((error) => (
              <Told key={error.bot} at={error.at} text={error.text} />
            ))}
          </Stack>
        )}
      </Panel>
      <Text size="xs" c="dimmed">
        {t('health.asOf', { time: format.time(report.at), version: report.version })}
      </Text>
    </>
  );
}

function Figure({
  name,
  note = null,
  bad = false,
  children,
}: {
  name: string;
  note?: string | null;
  bad?: boolean;
  children: ReactNode;
}) {
  return (
    <Paper withBorder radius="lg" px="md" py="sm" bg="var(--herald-surface)" miw={0}>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} fz={22} fw={600} lh={1.3} {...(bad ? { c: 'var(--mantine-color-error)' } : {})}>
        {children}
      </Text>
      {note && (
        <Text component="dd" m={0} size="xs" c={bad ? 'var(--mantine-color-error)' : 'dimmed'}>
          {note}
        </Text>
      )}
    </Paper>
  );
}

/** Something the server stands on: how quickly it answers, or that it does not. */
function Part({ name, ms }: { name: string; ms: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group component="li" justify="space-between" gap="xs">
      <Text size="sm">{name}</Text>
      {ms === null ? (
        <Badge color="red">{t('health.away')}</Badge>
      ) : (
        <Text size="sm" className="figures">
          {t('health.answers', { time: format.milliseconds(ms) })}
        </Text>
      )}
    </Group>
  );
}

/** Something that happened, in words, with when. */
function Told({ at, text }: { at: number; text: string }) {
  return (
    <li>
      <Text size="xs" c="dimmed">
        <Time at={at} />
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Text>
    </li>
  );
}

function Nothing({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function CopyReport({ report }: { report: HealthReport }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      onClick={() => void copy(supportText(report))}
    >
      {t(copied ? 'action.copied' : 'health.copy')}
    </Button>
  );
}
