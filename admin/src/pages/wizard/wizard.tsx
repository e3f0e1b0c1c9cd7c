// The mailing wizard: name, three steps that may be opened in any order, and a bar that always says how many people
// would get the message.
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Box, Button, Group, Skeleton } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import type { Mailing } from '../../../../src/http/api/mailings.ts';
import type { AudienceQuery } from '../../../../src/http/api/subscribers.ts';
import { queries } from '../../api/queries.ts';
import { useAudienceCount } from '../../features/audience/use-audience.ts';
import { channelsWithMessage } from '../../features/composer/elements.ts';
import { messageProblems } from '../../features/composer/problems.ts';
import { EVERY_CHANNEL } from '../../features/shapes.ts';
import { EmptyState } from '../../ui/states.tsx';
import { useChannels } from '../../ui/use-channels.ts';
import { BottomBar } from './bottom-bar.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { MessageStep } from './message-step.tsx';
import { SeriesNotice, SeriesSave } from './series-edit.tsx';
import { STEPS } from './steps.ts';
import type { Step } from './steps.ts';
import { StepBar } from './step-bar.tsx';
import { useDraft } from './use-draft.ts';
import classes from './wizard.module.css';
import { WizardHead } from './wizard-head.tsx';

/** The later steps, with calendars, zones and the filter panel, load when they are opened. */
const AudienceStep = lazy(async () => ({ default: (await import('./audience-step.tsx')).AudienceStep }));
const SendingStep = lazy(async () => ({ default: (await import('./sending-step.tsx')).SendingStep }));
const SendButton = lazy(async () => ({ default: (await import('./send-button.tsx')).SendButton }));

const stepOf = (text: unknown): Step => STEPS.find((step) => step === text) ?? 'message';

export function Wizard({ mailing, onReopen }: { mailing: Mailing; onReopen: () => void }) {
  const { t } = useTranslation('wizard');
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const step = stepOf((search as { step?: string }).step);
  const edited = useDraft(mailing);
  const { draft, state } = edited;
  const [sending, setSending] = useState(false);
  const [showProblems, setShowProblems] = useState(false);
  const { data: bots } = useQuery(queries.bots());
  const { list } = useChannels();
  useDocumentTitle(`${draft.name} · Herald`);

  const channels = useMemo(
    () => list.filter((channel) => bots?.items.some((bot) => bot.channel === channel.name)),
    [list, bots],
  );
  const names = useMemo(() => channels.map((channel) => channel.name), [channels]);
  const ready = useMemo(() => channelsWithMessage(draft.content, names), [draft.content, names]);
  const query = useMemo(
    (): AudienceQuery => ({
      filter: draft.audience,
      via: draft.settings.via,
      excluded: draft.settings.excluded,
      ...(ready.length > 0 ? { channels: ready } : {}),
      templates: Object.keys(draft.content.templates ?? {}),
    }),
    [draft.audience, draft.settings.via, draft.settings.excluded, draft.content.templates, ready],
  );
  const counted = useAudienceCount(query);

  const unsaved = state.kind !== 'saved';
  useBlocker({
    disabled: !unsaved,
    enableBeforeUnload: unsaved,
    shouldBlockFn: async ({ current, next }) =>
      current.pathname !== next.pathname && !sending && !(await edited.flush()) && !globalThis.confirm(t('leave')),
  });

  const parts = draft.content.synchronised ? [EVERY_CHANNEL] : names;
  const problems = parts.flatMap((part) => messageProblems(draft.content.variants[part]));
  const nameless = draft.name.trim() === '';
  const counts: Record<Step, number> = {
    message: problems.length + (ready.length === 0 ? 1 : 0) + (nameless ? 1 : 0),
    audience: counted.count?.total === 0 && !counted.counting ? 1 : 0,
    sending: 0,
  };

  const go = (to: Step) => {
    if (to === 'sending') setShowProblems(true);
    globalThis.scrollTo({ top: 0 });
    void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, step: to }), replace: true });
  };
  const next = () => {
    if (step === 'message' && counts.message > 0) {
      setShowProblems(true);
      requestAnimationFrame(() =>
        document
          .querySelector<HTMLElement>('main [aria-invalid="true"], main [data-wrong], main [data-empty-message]')
          ?.focus(),
      );
      return;
    }
    if (step === 'audience' && counts.audience > 0) return;
    go(STEPS[STEPS.indexOf(step) + 1] ?? 'sending');
  };

  return (
    <Box
      className={classes.page}
      onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && step !== 'sending' && next()}
    >
      <WizardHead edited={edited} showProblems={showProblems} channels={channels} />
      {!bots || list.length === 0 ? (
        <Skeleton h={420} radius="lg" />
      ) : channels.length === 0 ? (
        <EmptyState text={t('noBots')} icon={<IconPlugConnected size={40} stroke={1.3} />}>
          <Button component={Link} to="/bots">
            {t('connect')}
          </Button>
        </EmptyState>
      ) : (
        <>
          {edited.held && <SeriesNotice mailing={mailing} />}
          <StepBar step={step} onStep={go} problems={showProblems || step === 'sending' ? counts : null} />
          <div className={classes.body}>
            <Suspense fallback={<Skeleton h={420} radius="lg" />}>
              {step === 'message' && (
                <MessageStep edited={edited} channels={channels} bots={bots.items} showProblems={showProblems} />
              )}
              {step === 'audience' && (
                <AudienceStep
                  edited={edited}
                  query={query}
                  counted={counted}
                  bots={bots.items}
                  onMessage={() => go('message')}
                />
              )}
              {step === 'sending' && (
                <SendingStep
                  edited={edited}
                  channels={channels.filter((channel) => ready.includes(channel.name))}
                  counted={counted}
                  onStep={go}
                />
              )}
            </Suspense>
          </div>
          <BottomBar step={step} counted={counted} onBack={() => go(STEPS[STEPS.indexOf(step) - 1] ?? 'message')}>
            <Group gap="xs" justify="flex-end">
              {edited.held && (
                <SeriesSave
                  edited={edited}
                  blocked={counts.message + counts.audience > 0}
                  onBlocked={() => setShowProblems(true)}
                  onSaving={setSending}
                />
              )}
              {step !== 'sending' && (
                <Button
                  variant={edited.held ? 'default' : 'filled'}
                  onClick={next}
                  disabled={step === 'audience' && counts.audience > 0}
                >
                  {t('action.next')}
                </Button>
              )}
              {step === 'sending' && !edited.held && (
                <Suspense fallback={null}>
                  <SendButton edited={edited} blocked={counts.message + counts.audience > 0} onSending={setSending} />
                </Suspense>
              )}
            </Group>
          </BottomBar>
        </>
      )}
      <ConflictDialog edited={edited} onReopen={onReopen} />
    </Box>
  );
}
