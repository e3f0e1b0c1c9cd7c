// What the sender does at each tick. Every step looks at the database and not at what it remembers, so a tick that
// was missed, or that another process did, needs no care.
import type { Wait } from '../domain/waiting.ts';
import { createMeter } from '../meter.ts';
import type { Quiet } from '../domain/quiet-hours.ts';
import { recordBotHealth } from '../store/bots.ts';
import { isMysql } from '../store/database.ts';
import { dueRuns } from '../store/due.ts';
import { finishCampaign } from '../store/finishing.ts';
import { openRuns } from '../store/slices.ts';
import { createLiveBots, type LiveBot } from './bots.ts';
import { createCanaries } from './canaries.ts';
import type { OutboundDeps } from './context.ts';
import { guardSource } from './guarded-source.ts';
import { createHealth } from './health.ts';
import { hindrances } from './hindrances.ts';
import { startLane } from './lane.ts';
import { createOwnLimits, type Demand, type Lack, LACKS, type Limit } from './limit.ts';
import { createLiveMailings, type LiveMailing } from './mailings.ts';
import { plan } from './planner.ts';
import { type Leases, startPresence } from './presence.ts';
import { createRescue } from './rescue.ts';
import { createSettler } from './settler.ts';
import { createSharedLimits } from './shares.ts';
import { createSource } from './source.ts';
import { startDue } from './starter.ts';
import { stopMissed } from './missed.ts';
import { createTrouble } from './trouble.ts';
import { createWaits } from './waits.ts';
import { startWatchdog } from './watchdog.ts';
import { type OpenLane, type Planning, workAtHand } from './work-at-hand.ts';

export interface Loop {
  /** Looks for work now, or right after the look that is under way. */
  wake(): void;
  idle(): Promise<void>;
  /** Takes nothing more; resolves when what is in flight is settled and all leases are given back. */
  stop(): Promise<void>;
  /** The last step: this process is not one of the senders any more. */
  leave(finished: boolean): Promise<void>;
}

export function createLoop(deps: OutboundDeps): Loop {
  const { db, log, now, bus, meter = createMeter(), redisUrl = null } = deps;
  const recipes = { db, publicUrl: deps.publicUrl, trackingKey: deps.keyring.derive('tracking') };
  const settler = createSettler({ db, log, now, meter });
  const health = createHealth();
  const waits = createWaits(deps);
  const lanes = new Map<string, OpenLane>();
  const planners = new Map<number, Planning>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let lookingSince = now();
  let again = false;
  const held = (): Leases => {
    const all = [...lanes.values()].map(({ source }) => source.held());
    return { slices: all.flatMap(({ slices }) => slices), singles: all.flatMap(({ singles }) => singles) };
  };
  const presence = startPresence(deps, held);
  // On SQLite there is never a second process.
  const limits =
    redisUrl !== null && isMysql(db)
      ? createSharedLimits({ ...deps, redisUrl, presence, changed: wake })
      : createOwnLimits(deps);
  const bots = createLiveBots(deps, limits);
  const mailings = createLiveMailings(deps, recipes, limits);
  const canaries = createCanaries({ ...deps, note: waits.note });
  const rescue = createRescue({ deps, bots, presence, meter, held });
  const watchdog = startWatchdog({
    deps,
    meter,
    watched: () =>
      workAtHand({
        lanes,
        planners,
        bots,
        mailings,
        waits,
        settler,
        lookingSince: looking && lookingSince,
        now: now(),
      }),
  });
  const troubles = { tick: createTrouble(log, 'tick.failed'), lane: createTrouble(log, 'lane.failed') };
  meter.lookedAt = now();

  async function look(): Promise<void> {
    if (!((await deps.instance?.isConfirmed()) ?? true)) return standStill();
    await bots.refresh();
    await rescue();
    await startDue(deps, waits);
    await stopMissed(deps);
    await mailings.refresh();
    haltStopped();
    for (const mailing of mailings.all()) startPlanning(mailing);
    await openLanes();
    await canaries.look(mailings.all().map(({ campaign }) => campaign));
    await finishDone();
    const moved = [await health.save(db), await waits.save(findHindrances)];
    if (moved.includes(true)) bus.publish('live');
  }

  /** This may be a restored copy: what is under way here is ended, and the ledger stays as it was found. */
  function standStill(): void {
    for (const { lane } of lanes.values()) lane.halt();
  }

  /** Lanes of what is not sent any more, and those that lost their share of a limit: another process goes on. */
  function haltStopped(): void {
    for (const open of lanes.values()) {
      const lost = open.limits.filter((limit) => limit.lacks() !== null);
      if (lost.length === 0 && (open.campaignId === null || mailings.get(open.campaignId))) continue;
      open.lane.halt();
      for (const limit of lost) limit.gate.sendAway();
    }
  }

  function startPlanning({ campaign }: LiveMailing): void {
    if (planners.has(campaign.id) || (campaign.planCursor ?? 0) >= (campaign.planCeiling ?? 0)) return;
    const planning: Planning = { movedAt: now(), ended: Promise.resolve() };
    let planned = false;
    planning.ended = plan({ db, channels: deps.channels, now }, campaign, stopping.signal, () => {
      planned = true;
      planning.movedAt = now();
      if (![...lanes.values()].some((open) => open.campaignId === campaign.id)) wake();
    })
      .catch((error: unknown) =>
        log.error({ event: 'planning.failed', campaign: campaign.publicId, reason: String(error) }),
      )
      .finally(() => {
        if (planners.get(campaign.id) === planning) planners.delete(campaign.id);
        // Where another process plans, this one looks again at its next tick.
        if (planned) wake();
      });
    planners.set(campaign.id, planning);
  }

  async function openLanes(): Promise<void> {
    const runs = [...(await openRuns(db, now())), ...(await dueRuns(db, now()))];
    demand(runs);
    for (const { campaignId, botId } of runs) {
      const key = `${campaignId ?? 'urgent'}:${botId}`;
      const bot = bots.get(botId);
      if (!bot || lanes.has(key)) continue;
      const mailing = campaignId === null ? null : (mailings.get(campaignId) ?? null);
      if (campaignId !== null && mailing === null) continue;
      const lack = limitOver(bot, mailing).lacks() ?? mailing?.limit.lacks() ?? null;
      if (lack === null) await openLane(key, bot, mailing).catch(troubles.lane.failed);
      noteLack(campaignId, lack);
    }
  }

  /** What is to be sent here, and is being sent, says which limits this process wants a share of. */
  function demand(runs: readonly { campaignId: number | null; botId: number }[]): void {
    const wanted = new Map<Limit, Demand>();
    for (const { campaignId, botId } of [...runs, ...lanes.values()]) {
      const [bot, mailing] = [bots.get(botId), campaignId === null ? undefined : mailings.get(campaignId)];
      for (const limit of [bot && limitOver(bot, mailing ?? null), mailing?.limit])
        if (limit && wanted.get(limit) !== 'mailing') wanted.set(limit, campaignId === null ? 'urgent' : 'mailing');
    }
    const all = [...bots.all().flatMap((bot) => bot.limits()), ...mailings.all().map(({ limit }) => limit)];
    for (const limit of all) limit.want(wanted.get(limit) ?? 'none');
  }

  function noteLack(campaignId: number | null, lack: Lack | null): void {
    if (campaignId === null) return;
    if (lack) waits.note(campaignId, lack);
    else for (const code of LACKS) waits.clear(campaignId, code);
  }

  async function openLane(key: string, bot: LiveBot, mailing: LiveMailing | null): Promise<void> {
    if (stopping.signal.aborted) return;
    const campaign = mailing ? { id: mailing.campaign.id, recipe: await mailing.recipe(bot.channel) } : null;
    const quiet = (): Quiet | null => mailing?.quiet() ?? null;
    const source = guardSource(createSource({ deps, recipes, bot, campaign, quiet }), now);
    const outcomes = meter.outcomes(bot.row.channel);
    const lane = startLane({
      deps,
      bot,
      gate: mailing?.gate ?? null,
      botGate: limitOver(bot, mailing).gate,
      source,
      quiet,
      settler,
      meter,
      watch(outcome) {
        source.moved();
        outcomes[outcome.status] += 1;
        mailing?.watch(outcome);
        health.note(bot.id, outcome, now());
        if (outcome.status === 'bot_refused') needsAttention(bot, outcome.detail);
      },
    });
    const limits = [...(mailing ? [mailing.limit] : []), limitOver(bot, mailing)];
    for (const limit of limits) limit.enter();
    let isOpen = true;
    const ended = lane.done.then(
      () => {
        leave();
        wake();
      },
      (error: unknown) => {
        troubles.lane.failed(error, { bot: bot.row.publicId });
        // The next one may fail alike: it has time until the next tick.
        leave();
      },
    );
    function leave(): void {
      if (!isOpen) return;
      isOpen = false;
      lanes.delete(key);
      for (const limit of limits) limit.leave();
      bus.publish('live');
    }
    const abandon = (): void => {
      source.abandon();
      if (mailing) waits.note(mailing.campaign.id, 'stuck');
      lane.halt();
      leave();
      wake();
    };
    lanes.set(key, { lane, source, campaignId: mailing?.campaign.id ?? null, botId: bot.id, limits, ended, abandon });
  }

  /** Its token or account is refused: nothing more goes out over this bot until a person has looked. */
  function needsAttention(bot: LiveBot, detail: string): void {
    if (bot.row.status === 'attention') return;
    bot.row = { ...bot.row, status: 'attention' };
    log.warn({ event: 'bot.refused', bot: bot.row.publicId });
    recordBotHealth(db, bot.id, { status: 'attention', lastErrorAt: now(), lastError: detail })
      .then(() => bus.publish('bot', { id: bot.row.publicId }))
      .catch((error: unknown) => log.error({ event: 'bot.health_not_written', reason: String(error) }));
  }

  const findHindrances = (): Promise<Map<number, Wait>> =>
    hindrances(deps, {
      mailings: mailings.all(),
      bots,
      lanesOf: (id) => [...lanes.values()].filter((open) => open.campaignId === id).map((open) => open.botId),
      isPlanning: (id) => planners.has(id),
    });

  async function finishDone(): Promise<void> {
    for (const { campaign } of mailings.all()) {
      const busy = planners.has(campaign.id) || [...lanes.values()].some((open) => open.campaignId === campaign.id);
      const state = busy ? null : await finishCampaign(db, campaign.id, now());
      if (state === 'orphans') log.error({ event: 'deliveries.orphaned', campaign: campaign.publicId });
      if (state === null || state === 'orphans') continue;
      log.info({ event: 'campaign.sent', campaign: campaign.publicId, state });
      bus.publish('campaign', { id: campaign.publicId });
      bus.publish('live');
    }
  }

  function wake(): void {
    again = true;
    if (stopping.signal.aborted) return;
    looking ??= lookWhileAsked().finally(() => {
      looking = null;
    });
  }

  async function lookWhileAsked(): Promise<void> {
    while (again && !stopping.signal.aborted) {
      again = false;
      lookingSince = now();
      await look().then(troubles.tick.worked, (error: unknown) => {
        meter.storeErrors += 1;
        troubles.tick.failed(error);
      });
      meter.lookedAt = now();
      meter.inFlight = [...lanes.values()].reduce((sum, { lane }) => sum + lane.inFlight(), 0);
    }
  }

  return {
    wake,
    async idle() {
      do {
        wake();
        await looking;
        await Promise.all([...lanes.values()].map((open) => open.ended));
        await Promise.all([...planners.values()].map((planning) => planning.ended));
      } while (looking || lanes.size > 0 || planners.size > 0);
    },
    async stop() {
      stopping.abort();
      bots.end();
      mailings.end();
      for (const { lane } of lanes.values()) lane.halt();
      await looking;
      for (const { lane } of lanes.values()) lane.halt();
      await Promise.all([...lanes.values()].map((open) => open.ended));
      await Promise.all([...planners.values()].map((planning) => planning.ended));
      await settler.flush();
    },
    async leave(finished) {
      watchdog.end();
      await limits.end();
      await presence.end(finished);
    },
  };
}

/** The bot's limit for a mailing, which may have chosen a higher one. */
const limitOver = (bot: LiveBot, mailing: LiveMailing | null): Limit =>
  bot.limitFor(mailing?.choices(bot.channel.name) ?? []);
