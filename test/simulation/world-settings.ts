import type { Limits } from '../../shared/app/ports/context.ts';
import type { Random } from './random.ts';

/** What a seed decides once for its world; times in milliseconds. */
export interface WorldSettings {
  /** The gateway detects no duplicates: it pays every request. Queries find each payment before a resend is allowed. */
  paysDuplicates: boolean;
  /** Late requests arrive, and callers apply, just when a resend is allowed. */
  hasTightTiming: boolean;
  /** An impostor answers in the gateway's place with codes that need no signature. */
  hasImpostor: boolean;
  clockErrorMs: number;
  resendAfterMs: number;
  firstCheckMs: number;
  resendUntilMs: number;
  gatewayTimeoutMs: number;
  applyTimeoutMs: number;
  indexLagMs: number;
  rotatesMerchantKey: boolean;
  rotatesGatewayKey: boolean;
  /** The gateway signs messages that contradict earlier ones, or that are incomplete. */
  hasInconsistentGateway: boolean;
  /** So many refunds are due at a time that a shard of the index has a second page of them. */
  hasBacklog: boolean;
  /** A few refunds are due at a time in each of several shards, and runs share them. */
  hasShares: boolean;
  /** How fast reconciliation may be. */
  limits: Limits;
  /** What can't be published for too long becomes a dead letter. */
  hasDeadLetters: boolean;
  /** The stories of its refunds are recorded. */
  hasStories: boolean;
}

/** A backlog takes as much time as some twenty other worlds. */
const BACKLOG_EVERY = 400;

const SHARES_EVERY = 20;

/** Stories take time as well, and what one world tells many others tell too. */
const STORIES_EVERY = 7;

export function drawSettings(seed: number, random: Random): WorldSettings {
  const settings = drawAny(seed, random);
  if (settings.hasShares)
    Object.assign(settings.limits, {
      checksPerShard: random.pick([1, 1, 2]),
      maxInFlight: random.pick([3, 8, 32]),
      runs: random.pick([2, 4, 8]),
      aloneMs: random.pick([0, 100]),
    });
  return settings;
}

function drawAny(seed: number, random: Random): WorldSettings {
  const paysDuplicates = seed % 2 === 1;
  const resendAfterMs = random.pick([5_000, 5_000, 20_000, 45_000, 60_000, 120_000, 900_000]);
  return {
    paysDuplicates,
    hasTightTiming: random.chance(0.5),
    hasImpostor: !paysDuplicates && random.chance(0.2),
    clockErrorMs: random.pick([0, 500, 2_000]),
    resendAfterMs,
    firstCheckMs: random.pick([
      1_000,
      resendAfterMs / 2,
      Math.max(1_000, resendAfterMs - 5_000),
      resendAfterMs,
      900_000,
    ]),
    resendUntilMs: random.pick([3_600_000, 86_400_000, 86_400_000, 604_800_000]),
    gatewayTimeoutMs: random.pick([5_000, 10_000, 10_000]),
    applyTimeoutMs: random.pick([15_000, 29_000]),
    indexLagMs: random.pick([0, 300, 5_000, 60_000]),
    rotatesMerchantKey: random.chance(0.15),
    rotatesGatewayKey: random.chance(0.15),
    hasInconsistentGateway: random.chance(0.2),
    hasBacklog: seed % BACKLOG_EVERY === 0,
    hasShares: seed % SHARES_EVERY === 1 || seed % SHARES_EVERY === 10,
    limits: {
      checksPerShard: random.pick([1, 2, 4, 8]),
      maxInFlight: random.pick([1, 3, 8, 32]),
      maxPerSecond: random.pick([2, 50, 200]),
      runs: random.pick([1, 2, 4, 8]),
      aloneMs: random.pick([0, 0, 2_000, 10_000]),
    },
    hasDeadLetters: random.chance(0.8),
    hasStories: seed % STORIES_EVERY === 0,
  };
}
