// How processes agree on their shares of a limit: one atomic script in Redis, by Redis's own clock. Its rule: what the
// processes may be using never adds up to more than the limit, and what one gave up is taken by another only once the
// sliding second in which it was used has passed.
import { Redis } from 'ioredis';

export interface ShareTiming {
  /** A share given up, or lost with its process, rests for a sliding second before another takes it. */
  coolingMs: number;
  /** After Redis came up empty nothing grows for at least so long, so that all can claim what they hold. */
  settlingMs: number;
  /** Nobody is gone who called within this time, whatever an older reading of the registry says. */
  goneMs: number;
}

export const SHARE_TIMING: ShareTiming = { coolingMs: 1050, settlingMs: 2000, goneMs: 5000 };

/** Nobody asks for a limit in a day: it is forgotten. */
const KEPT_MS = 24 * 3600 * 1000;

/** 0: nothing to send; 1: single messages, which any other holder may take as well; 2: mailings. */
export type Wanting = 0 | 1 | 2;

export interface Ask {
  id: string;
  /** Counts this process's calls: one that arrives after a later one is not heard. */
  call: number;
  /** The senders alive by the registry, this one among them. */
  live: readonly string[];
  limits: readonly {
    key: string;
    /** Messages a second of all processes together, as this one read it; null: no limit. */
    rate: number | null;
    /** What this process uses at most until it is answered. */
    held: number;
    wants: Wanting;
    /** Milliseconds for which the platform told this process to be silent; 0: no news. */
    closed: number;
  }[];
}

export interface Answer {
  /** Messages a second for this process. Less than it holds: apply it and say so. */
  share: number;
  /** The whole limit the share is a part of. */
  rate: number | null;
  /** Milliseconds for which nobody may send. */
  closed: number;
}

/**
 * All is in one hash, so that it is lost whole or not at all: `members` (who called, when; since when there is this
 * hash, and whether all alive have called since) and one field a limit:
 * - `granted`: what a process may be using, by its own last word or the answer it may have got since;
 * - `cooling`: what was given up and still rests;
 * - `rate`: the limit as last *moved*: a process that repeats an older reading does not move it back.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ask = cjson.decode(ARGV[1])
local coolingMs, settlingMs, goneMs = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function read(field)
  local text = redis.call('HGET', KEYS[1], field)
  return text and cjson.decode(text)
end
local function write(field, value)
  redis.call('HSET', KEYS[1], field, cjson.encode(value))
end

-- Who is there.
local members = read('members') or { born = now, settled = false, calls = {} }
local last = members.calls[ask.id]
if last and ask.call <= last.call then
  return redis.error_reply('LATE a later call was heard')
end
members.calls[ask.id] = { call = ask.call, at = now }
local live, all = {}, true
for _, id in ipairs(ask.live) do
  live[id] = true
  all = all and members.calls[id] ~= nil
end
-- Once everybody has said what was held before this Redis was empty, nobody can turn up with more.
members.settled = members.settled or (all and now >= members.born + settlingMs)
for id, call in pairs(members.calls) do
  if not live[id] and now - call.at > goneMs then
    members.calls[id] = nil
  end
end
write('members', members)

-- An even part in whole messages; the first in order get what is left over, so a limit too small for all goes to them.
local function evenPart(rate, wanting)
  local whole = math.floor(rate)
  for place, id in ipairs(wanting) do
    if id == ask.id then
      local part = math.floor(whole / #wanting)
      if place <= whole % #wanting then part = part + 1 end
      if place == 1 then part = part + rate - whole end
      return part
    end
  end
  return 0
end

local function agree(wish)
  local field = 'limit:' .. wish.key
  local limit = read(field) or { holders = {}, cooling = {}, rate = wish.rate, closed = 0 }
  local taken = 0
  local cooling = {}
  local function rest(amount, till)
    if amount > 0 and till > now then
      table.insert(cooling, { amount = amount, till = till })
      taken = taken + amount
    end
  end
  for _, part in ipairs(limit.cooling) do rest(part.amount, part.till) end

  for id, holder in pairs(limit.holders) do
    if not members.calls[id] then
      rest(holder.granted, now + coolingMs)
      limit.holders[id] = nil
    end
  end

  local mine = limit.holders[ask.id]
  if not mine or mine.rate ~= wish.rate then limit.rate = wish.rate end
  if mine then rest(mine.granted - wish.held, now + coolingMs) end
  mine = { granted = wish.held, wants = wish.wants, rate = wish.rate }
  limit.holders[ask.id] = mine

  local wanting = {}
  local served = false
  for id, holder in pairs(limit.holders) do
    taken = taken + holder.granted
    if holder.wants == 2 or (holder.wants == 1 and holder.granted > 0) then table.insert(wanting, id) end
    if holder.wants > 0 and holder.granted > 0 then served = true end
  end
  if wish.wants == 1 and not served and #wanting == 0 then wanting = { ask.id } end
  table.sort(wanting)

  -- Without a limit, as somebody just read it: what is held will do until all have read it.
  local share = mine.granted
  if limit.rate ~= cjson.null then
    local part = evenPart(limit.rate, wanting)
    share = math.min(part, mine.granted)
    if members.settled and part > mine.granted then
      share = mine.granted + math.max(0, math.min(part - mine.granted, limit.rate - taken))
    end
    mine.granted = math.max(mine.granted, share)
  end

  limit.closed = math.max(limit.closed, wish.closed > 0 and now + wish.closed or 0)
  limit.cooling = cooling
  if mine.granted == 0 and mine.wants == 0 then limit.holders[ask.id] = nil end
  if next(limit.holders) == nil and #cooling == 0 and limit.closed <= now then
    redis.call('HDEL', KEYS[1], field)
  else
    write(field, limit)
  end
  return { share = share, rate = limit.rate, closed = math.max(0, limit.closed - now) }
end

local answers = {}
for _, wish in ipairs(ask.limits) do table.insert(answers, agree(wish)) end
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
return cjson.encode(answers)
`;

const KEY = 'herald:shares';

/** How long an answer is waited for: Redis may be there and not answer. */
const DEADLINE_MS = 1000;

interface ScriptedRedis extends Redis {
  agreeOnShares(key: string, ask: string, ...timing: number[]): Promise<string>;
}

export interface ShareAgreement {
  /** One answer for each limit asked about; rejects when there is none in time. */
  agree(ask: Ask): Promise<Answer[]>;
  close(): void;
}

/** Commands are never kept for later: what was asked before Redis went away is of no use after. */
export function connectAgreement(
  redisUrl: string,
  connected: () => void,
  { coolingMs, settlingMs, goneMs }: ShareTiming = SHARE_TIMING,
): ShareAgreement {
  const client = new Redis(redisUrl, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: DEADLINE_MS,
    connectTimeout: DEADLINE_MS,
    retryStrategy: (times) => Math.min(1000, times * 100),
    // A primary that became a replica: look for the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  // Whoever asks is told; the client itself would end the process.
  client.on('error', () => {});
  client.on('ready', connected);
  client.defineCommand('agreeOnShares', { numberOfKeys: 1, lua: SCRIPT });
  const scripted = client as ScriptedRedis;
  return {
    async agree(ask) {
      const text = await scripted.agreeOnShares(KEY, JSON.stringify(ask), coolingMs, settlingMs, goneMs);
      const answers: unknown = JSON.parse(text);
      // An empty list and an empty object are one in Lua.
      return Array.isArray(answers) ? (answers as Answer[]) : [];
    },
    close: () => client.disconnect(),
  };
}
