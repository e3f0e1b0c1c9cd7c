// Step 3: how fast and when, what else it is held to, beside what is ready, what is missing and what will happen.
import { Stack } from '@mantine/core';
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';
import type { MailingCheck } from '../../../../src/http/api/mailings.ts';
import type { Counted } from '../../features/audience/use-audience.ts';
import { ChannelRules } from '../../features/sending/channel-rules.tsx';
import { CheckList } from '../../features/sending/check-list.tsx';
import { MoreRules } from '../../features/sending/more-rules.tsx';
import { following } from '../../features/sending/repeat.ts';
import { firstSite } from '../../features/sending/site.ts';
import { SpeedField } from '../../features/sending/speed-field.tsx';
import { WhenField } from '../../features/sending/when-field.tsx';
import type { Settings } from '../../features/shapes.ts';
import { Panel } from '../../ui/panel.tsx';
import { useSession } from '../../ui/use-session.ts';
import { useSettingProblems } from './setting-problems.ts';
import type { Step } from './steps.ts';
import { useCheck } from './use-check.ts';
import type { EditedDraft } from './use-draft.ts';
import classes from './wizard.module.css';

const USUAL_SPEED = 25;

interface Props {
  edited: EditedDraft;
  /** Those the message goes to. */
  channels: readonly ChannelInfo[];
  counted: Counted;
  onStep: (step: Step) => void;
}

export function SendingStep({ edited, channels, counted, onStep }: Props) {
  const { workspace } = useSession();
  const { settings, content } = edited.draft;
  const check = useCheck(edited);
  const problems = useSettingProblems(edited, check.data);
  /** What the server says of exactly these settings. */
  const fresh = edited.state.kind === 'saved' && !check.isPlaceholderData ? check.data : undefined;
  /** Only messengers over which somebody would get it count, when that is known. */
  const used = channels.filter((channel) => (counted.count?.byChannel[channel.name] ?? 0) > 0);
  const involved = used.length > 0 ? used : channels;
  const fastest =
    involved.length === 0
      ? USUAL_SPEED
      : Math.max(1, ...involved.map((channel) => Math.floor(fastestOver(channel, settings))));
  const set = (changes: Partial<Settings>) => edited.change({ settings: { ...settings, ...changes } });
  return (
    <div className={classes.columns}>
      <Panel>
        <Stack gap="xl">
          <SpeedField
            speed={settings.speed}
            fastest={fastest}
            people={counted.count?.total}
            seconds={fresh && sendingSeconds(fresh, settings)}
            site={firstSite(content)}
            onChange={(speed) => set({ speed })}
          />
          <WhenField
            when={settings.when}
            repeats={settings.repeat !== null}
            workspaceZone={workspace.timeZone}
            schedule={check.data?.schedule}
            problems={problems}
            onChange={(when) => edited.change({ settings: following(settings, when) })}
          />
          <ChannelRules channels={involved} chosen={settings.choices} onChange={(choices) => set({ choices })} />
          <MoreRules
            settings={settings}
            onChange={set}
            people={counted.count?.total}
            schedule={check.data?.schedule}
            problems={problems}
          />
        </Stack>
      </Panel>
      <div className={classes.beside}>
        <CheckList
          check={check.data}
          settings={settings}
          error={check.error}
          onRetry={() => void check.refetch()}
          onStep={onStep}
        />
      </div>
    </div>
  );
}

/** Without the time in which a careful start only watches. */
const sendingSeconds = ({ durationSeconds, total }: MailingCheck, { canary }: Settings): number =>
  durationSeconds - (canary !== null && total > canary.people ? canary.minutes * 60 : 0);

/** A choice may buy a higher speed. */
function fastestOver({ name, capabilities }: ChannelInfo, { choices }: Settings): number {
  const bought = (capabilities.choices ?? []).flatMap(({ key, rate }) =>
    rate && choices[name]?.includes(key) ? [rate.mailing] : [],
  );
  return Math.max(capabilities.rate.mailing, ...bought);
}
