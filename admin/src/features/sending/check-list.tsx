// What is ready and what is missing before sending, each line leading to the step where it is mended; and what will happen.
import { Anchor, Group, Skeleton, Stack, Text, ThemeIcon, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MailingCheck } from '../../../../src/http/api/mailings.ts';
import type { Settings } from '../shapes.ts';
import { Panel } from '../../ui/panel.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { WhatHappens } from './what-happens.tsx';

type Finding = MailingCheck['findings'][number];

const LOOKS = {
  ok: { color: 'green', icon: IconCheck },
  warning: { color: 'yellow', icon: IconAlertTriangle },
  error: { color: 'red', icon: IconX },
} as const satisfies Record<Finding['level'], unknown>;

const WORST_FIRST = ['error', 'warning', 'ok'] as const;

interface Props {
  check: MailingCheck | undefined;
  settings: Settings;
  error: unknown;
  onRetry: () => void;
  onStep: (step: Finding['step']) => void;
}

export function CheckList({ check, settings, error, onRetry, onStep }: Props) {
  const { t } = useTranslation('wizard');
  const format = useFormat();
  return (
    <Panel title={t('check.title')}>
      {error !== null && <ErrorState error={error} onRetry={onRetry} />}
      {!check && error === null && <Skeleton h={140} />}
      {check && (
        <Stack gap="sm">
          <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
            {WORST_FIRST.flatMap((level) => check.findings.filter((finding) => finding.level === level)).map(
              (finding, index) => (
                <Line key={`${finding.code}${finding.path ?? index}`} finding={finding} onStep={onStep} />
              ),
            )}
          </Stack>
          <Text size="sm" c="dimmed">
            {t('check.times', { start: format.time(check.startsAt), end: format.time(check.endsAt) })}
          </Text>
          <WhatHappens settings={settings} titled />
        </Stack>
      )}
    </Panel>
  );
}

function Line({ finding, onStep }: { finding: Finding; onStep: (step: Finding['step']) => void }) {
  const { t } = useTranslation('wizard');
  const { color, icon: Icon } = LOOKS[finding.level];
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon size={22} radius="xl" variant="light" color={color}>
        <Icon size={14} stroke={2.4} aria-hidden />
        <VisuallyHidden>{t(`check.${finding.level}`)}</VisuallyHidden>
      </ThemeIcon>
      <Text size="sm" style={{ flex: 1 }}>
        {finding.message}{' '}
        {finding.level !== 'ok' && finding.step !== 'sending' && (
          <Anchor component="button" type="button" size="sm" underline="always" onClick={() => onStep(finding.step)}>
            {t(`check.go.${finding.step}`)}
          </Anchor>
        )}
      </Text>
    </Group>
  );
}
