// "Matching right now 11,980 of 14,902 active subscribers", by messenger, and why not more.
import { Badge, Button, Collapse, Group, List, Paper, Stack, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorLine } from '../../ui/error-line.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { useFormat } from '../../ui/use-format.ts';
import type { Counted } from './use-audience.ts';

interface Props {
  counted: Counted;
  /** Leads to the messages of channels without one. */
  onAddVersions: () => void;
}

export function AudienceHeadline({ counted, onAddVersions }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  const channels = useChannels();
  const [opened, setOpened] = useState(false);
  const { count, counting, error, again } = counted;
  if (error && !count) return <ErrorState error={error} onRetry={again} />;
  const without = Object.entries(count?.noVariantByChannel ?? {}).filter(([, people]) => people > 0);
  const shutOut = count?.windows.filter(({ skipped }) => skipped > 0) ?? [];
  const silent = shutOut.reduce((sum, { skipped }) => sum + skipped, 0);
  const filtered = count
    ? Math.max(0, count.active - count.total - count.leftOut.noVariant - count.leftOut.excluded - silent)
    : 0;
  const reasons = count
    ? [
        ...(filtered > 0 ? [t('audience.why.filtered', { count: filtered, number: format.number(filtered) })] : []),
        ...without.map(([channel, people]) =>
          t('audience.why.noVariant', {
            channel: channels.title(channel),
            count: people,
            number: format.number(people),
          }),
        ),
        ...shutOut.map(({ channel, hours, skipped }) =>
          t('audience.why.silent', {
            channel: channels.title(channel),
            count: skipped,
            number: format.number(skipped),
            hours,
          }),
        ),
        ...(count.leftOut.excluded > 0
          ? [
              t('audience.why.excluded', {
                count: count.leftOut.excluded,
                number: format.number(count.leftOut.excluded),
              }),
            ]
          : []),
      ]
    : [];
  return (
    <Paper withBorder radius="lg" p="md" bg="var(--herald-surface)">
      <Stack gap="xs">
        <Group justify="space-between" align="flex-end" gap="sm">
          <div aria-live="polite" aria-busy={counting}>
            <Text size="sm" c="dimmed">
              {t('audience.matching')}
            </Text>
            <Group gap={8} align="baseline">
              <Text
                fz={32}
                fw={650}
                lh={1.15}
                data-testid="audience-total"
                {...(counting && count ? { c: 'dimmed' } : {})}
              >
                {count ? format.number(count.total) : '…'}
              </Text>
              {count && (
                <Text size="sm" c="dimmed">
                  {t('audience.ofActive', { count: count.active, number: format.number(count.active) })}
                </Text>
              )}
            </Group>
          </div>
          {reasons.length > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={opened}
              rightSection={
                <IconChevronDown size={14} aria-hidden style={{ transform: opened ? 'rotate(180deg)' : undefined }} />
              }
              onClick={() => setOpened(!opened)}
            >
              {t('audience.whyNotMore')}
            </Button>
          )}
        </Group>
        {count && (
          <Group gap={6}>
            {Object.entries(count.byChannel).map(([channel, people]) => (
              <Badge key={channel} size="lg">
                {channels.title(channel)} {format.number(people)}
              </Badge>
            ))}
          </Group>
        )}
        <Collapse expanded={opened}>
          <List size="sm" spacing={4}>
            {reasons.map((reason) => (
              <List.Item key={reason}>{reason}</List.Item>
            ))}
          </List>
        </Collapse>
        {without.length > 0 && (
          <Group gap="xs">
            <Text size="sm">
              {t('audience.onlyVersions', {
                channels: new Intl.ListFormat(format.language).format(
                  without.map(([channel]) => channels.title(channel)),
                ),
              })}
            </Text>
            <Button size="compact-sm" variant="default" onClick={onAddVersions}>
              {t('audience.addVersions')}
            </Button>
          </Group>
        )}
        {count?.total === 0 && !counting && <ErrorLine>{t('audience.nobody')}</ErrorLine>}
      </Stack>
    </Paper>
  );
}
