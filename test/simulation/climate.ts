import type { Random } from './random.ts';

/** What a seed decides once for its world; times in milliseconds. */
export interface Climate {
  /** The gateway pays every request that reaches it, and each is known to queries before it could be sent again. */
  isForgetful: boolean;
  /** What is late comes just when the service may send again, and so do the callers. */
  isTight: boolean;
  /** Somebody answers in the gateway's place with codes that need no signature. */
  hasLiar: boolean;
  clockErrorMs: number;
  resendAfterMs: number;
  firstCheckMs: number;
  resendUntilMs: number;
  gatewayTimeoutMs: number;
  applyLifeMs: number;
  indexLagMs: number;
  rotatesMerchantKey: boolean;
  rotatesGatewayKey: boolean;
  /** The gateway once says something signed that contradicts itself, or that says too little. */
  slips: boolean;
  /** So many refunds are due at a time that a shard of the index has a second page of them. */
  isCrowded: boolean;
  /** What can't be published for too long is kept aside. */
  hasDeadLetters: boolean;
}

/** A crowd costs as much as some twenty other worlds. */
const CROWD_EVERY = 400;

export function drawClimate(seed: number, random: Random): Climate {
  const isForgetful = seed % 2 === 1;
  const resendAfterMs = random.pick([5_000, 5_000, 20_000, 45_000, 60_000, 120_000, 900_000]);
  return {
    isForgetful,
    isTight: random.chance(0.5),
    hasLiar: !isForgetful && random.chance(0.2),
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
    applyLifeMs: random.pick([15_000, 29_000]),
    indexLagMs: random.pick([0, 300, 5_000, 60_000]),
    rotatesMerchantKey: random.chance(0.15),
    rotatesGatewayKey: random.chance(0.15),
    slips: random.chance(0.2),
    isCrowded: seed % CROWD_EVERY === 0,
    hasDeadLetters: random.chance(0.8),
  };
}
