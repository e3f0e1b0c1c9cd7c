// A POST that carries an Idempotency-Key is done once; its repeats within a day get the first answer again. Refusals
// are not kept: what was wrong may have been mended.
import { createHash } from 'node:crypto';
import { Problem } from '../domain/problem.ts';
import { claimKey, keepAnswer, releaseKey } from '../store/idempotency.ts';
import type { Actor } from './context.ts';
import type { HttpDeps } from './deps.ts';

const MAX_KEY = 200;

interface Asked {
  key: string;
  actor: Actor;
  /** Of path and body: the same key for another request is a mistake. */
  hash: string;
  work: () => Promise<unknown>;
}

export async function once({ db, now }: HttpDeps, { key, actor, hash, work }: Asked): Promise<unknown> {
  if (key === '' || key.length > MAX_KEY) throw new Problem('idempotency_key', { max: MAX_KEY });
  // Everyone has keys of their own.
  const owner = actor.tokenId === null ? `s${actor.staffId}` : `t${actor.tokenId}`;
  const own = createHash('sha256').update(`${owner}:${key}`).digest('hex');
  const claim = await claimKey(db, own, hash, now());
  if (claim.status === 'running') throw new Problem('idempotency_pending');
  if (claim.status === 'other') throw new Problem('idempotency_conflict');
  if (claim.status === 'done') return JSON.parse(claim.body) as unknown;
  try {
    const answer = await work();
    await keepAnswer(db, own, 200, JSON.stringify(answer ?? null));
    return answer;
  } catch (error) {
    await releaseKey(db, own);
    throw error;
  }
}
