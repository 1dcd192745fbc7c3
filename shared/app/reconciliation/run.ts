import type { ReconcileContext } from '../ports/context.ts';
import type { Share } from '../ports/runs.ts';
import type { DueRefund } from '../ports/store.ts';
import type { Outcome } from './check.ts';
import { HeldShards } from './held-shards.ts';
import { type Measurements, newMeasurements } from './measurements.ts';
import { Pace } from './pace.ts';

/**
 * What a run did. Each refund that was `checked` is one of the others: `settled` has come to another status,
 * `resent` was sent again, `pending` waits for a later check, `failed` couldn't be checked.
 */
export type Report = Record<'checked' | Outcome, number>;

/** One part of the index in a run. */
export interface Part {
  readonly shard: string;
  /** Whatever is due in it has been taken up, or is left. */
  isOver: boolean;
  /** What is left of it is for another run. */
  isGiven: boolean;
  /** The last refund of it whose turn has come. */
  last: DueRefund | undefined;
  /** Resolves once none of its checks is under way, with the errors of reads that failed. */
  ended: Promise<unknown[]>;
}

/** What the checks of a run share. */
export interface Run {
  readonly ctx: ReconcileContext;
  readonly pace: Pace;
  readonly held: HeldShards;
  readonly report: Report;
  readonly measurements: Measurements;
  readonly parts: Part[];
  readonly beganAtMs: number;
  /** It works on what another run has handed over, and hands nothing over itself. */
  readonly isFurther: boolean;
  /** What was handed over has begun; missing before. */
  handingOver?: Promise<unknown>;
}

/** @param share what another run has handed over: with that run this one ends */
export function newRun(given: ReconcileContext, share: Share | undefined): Run {
  const ctx = {
    ...given,
    deadlineMs: Math.min(given.deadlineMs, share?.untilMs ?? Number.POSITIVE_INFINITY),
  };
  const pace = new Pace(ctx);
  return {
    ctx,
    pace,
    held: new HeldShards(ctx, pace),
    report: { checked: 0, settled: 0, resent: 0, pending: 0, failed: 0 },
    measurements: newMeasurements(),
    parts: [],
    beganAtMs: ctx.clock.nowMs(),
    isFurther: share !== undefined,
  };
}
