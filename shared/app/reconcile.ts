import { isFinal } from '../domain/life-cycle.ts';
import { isApplied, isSpokenOf, lastAppliedAtMs, type Refund } from '../domain/refund.ts';
import { ask } from './ask.ts';
import { UNHEARD_OF } from './attempt-writes.ts';
import type { ApplyContext, DueRefund, Expected } from './ports.ts';
import { type Resolution, resolve } from './resolve.ts';
import { longerWait, MAX_RESENDABLE_WAIT_MS, mayResend, NO_CHECK, SHARDS } from './schedule.ts';
import { refundAfter, settle } from './settle.ts';

/**
 * What a run did. Each refund that was `checked` is one of the others: `settled` has come to another status,
 * `resent` was sent again, `pending` waits for a later check, `failed` couldn't be looked into.
 */
export interface Report {
  checked: number;
  settled: number;
  resent: number;
  pending: number;
  failed: number;
}

/** How many due refunds one read of the index brings. */
const PAGE = 25;

/**
 * How far a running lease defers a check at the most, milliseconds: the longest function's time-out (serverless.yml)
 * and 10 s. A lease that somebody has set by hand, to hold a refund, lasts longer.
 */
const MAX_DEFER_MS = 250_000;

/** How long a refused refund is looked after once nothing is heard of it any more, milliseconds. */
const WATCH_REJECTED_MS = 7 * 86_400_000;

/** What a run measures, milliseconds. */
interface Measures {
  /** Ages of the open refunds that were checked, since they were first recorded. */
  open: number[];
  /** Ages of those of them that are `REQUESTED`, since their last application. */
  requested: number[];
  /** When the checks that the run leaves behind were due. */
  leftSince: number[];
}

/**
 * Checks every refund that is due, one at a time in each shard of the index, until none is left or too little
 * time for another. One refund that can't be checked stops no other.
 */
export async function reconcile(ctx: ApplyContext): Promise<Report> {
  const report: Report = { checked: 0, settled: 0, resent: 0, pending: 0, failed: 0 };
  const measures: Measures = { open: [], requested: [], leftSince: [] };
  await ctx.gateway.ready();
  const shards = await Promise.allSettled(
    SHARDS.map((shard) => reconcileShard(ctx, shard, report, measures)),
  );
  // A shard that couldn't be read is told of once the others are done, and loudly where that was all.
  const unread = shards.filter((shard) => shard.status === 'rejected');
  for (const { reason } of unread) {
    if (report.checked === 0) throw reason;
    ctx.log.error('a part of what is due could not be read: the next run reads it', {
      error: String(reason),
      metrics: { Failures: 1 },
    });
  }
  const lagMs = Math.max(0, ...measures.leftSince.map((dueAt) => ctx.clock.nowMs() - dueAt));
  ctx.log.info('reconciled', {
    ...report,
    metrics: {
      OldestUnfinishedSeconds: oldestSeconds(measures.open),
      OldestRequestedSeconds: oldestSeconds(measures.requested),
      // What is left in a part that couldn't be read isn't known.
      ...(unread.length === 0 && { ReconciliationLagSeconds: Math.round(lagMs / 1000) }),
    },
  });
  return report;
}

function oldestSeconds(agesMs: number[]): number {
  return Math.round(Math.max(0, ...agesMs) / 1000);
}

async function reconcileShard(
  ctx: ApplyContext,
  shard: string,
  report: Report,
  measures: Measures,
): Promise<void> {
  const now = ctx.clock.nowMs();
  let after: DueRefund | undefined;
  do {
    // Also without time for a check: the oldest that is left tells how far behind the checks are.
    const page = await ctx.store.due(shard, now, PAGE, after);
    for (const due of page) {
      if (!ctx.gateway.hasTime(ctx.deadlineMs)) {
        measures.leftSince.push(due.next_check_at);
        return;
      }
      const outcome = await checkSafely(ctx, due, measures);
      if (!outcome) continue;
      report.checked += 1;
      report[outcome] += 1;
    }
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after);
}

type Outcome = Exclude<keyof Report, 'checked'>;

async function checkSafely(
  ctx: ApplyContext,
  due: DueRefund,
  measures: Measures,
): Promise<Outcome | undefined> {
  const progress = { isPutOff: false };
  try {
    const before = await putOff(ctx, due);
    progress.isPutOff = true;
    return before && (await check(ctx, before, due, measures));
  } catch (error) {
    if (!progress.isPutOff) measures.leftSince.push(due.next_check_at);
    ctx.log.error('a refund could not be checked', {
      no_refund: due.no_refund,
      error: String(error),
      metrics: { Failures: 1 },
    });
    return 'failed';
  }
}

async function check(
  ctx: ApplyContext,
  before: Refund,
  due: DueRefund,
  measures: Measures,
): Promise<Outcome> {
  // Measured first: a refund whose checks fail is the one whose age matters.
  const now = ctx.clock.nowMs();
  const requestedAgeMs = before.status === 'REQUESTED' ? [now - lastAppliedAtMs(before)] : [];
  const { refund, asked } = await lookInto(ctx, before, due).catch((error) => {
    measures.requested.push(...requestedAgeMs);
    throw error;
  });
  const isOpen = !isFinal(refund.status) && refund.status !== 'REJECTED';
  if (isOpen) measures.open.push(ctx.clock.nowMs() - Date.parse(refund.created_at));
  if (refund.status === 'REQUESTED') measures.requested.push(...requestedAgeMs);
  if ((refund.attempts ?? 0) > (before.attempts ?? 0)) return 'resent';
  if (refund.status !== before.status) return 'settled';
  return asked === 'in-doubt' || asked === 'not-sent' ? 'failed' : 'pending';
}

/**
 * Takes the check over from other runs by putting the next one off before anything else: a refund whose check
 * fails in whatever way comes later the next time, and holds nobody up.
 *
 * @returns the record; `undefined` where another run, or a message, was faster
 */
async function putOff(ctx: ApplyContext, due: DueRefund): Promise<Refund | undefined> {
  const waitMs = longerWait(due.check_wait ?? ctx.rules.firstCheckMs);
  const isLong = waitMs > MAX_RESENDABLE_WAIT_MS;
  // The index doesn't know the status, and a refund that may be sent again mustn't wait that long, whoever dies now.
  const first = await postpone(ctx, due, waitMs, isLong ? { status: CHECKED_SELDOM } : {});
  if (first.isTaken) return first.refund;
  const seen = first.refund;
  if (!isLong || seen?.status !== 'REQUESTED' || seen.next_check_at !== due.next_check_at) return undefined;
  const cappedMs = mayResend(seen, ctx.clock.nowMs(), ctx.rules) ? MAX_RESENDABLE_WAIT_MS : waitMs;
  const asSeen: Expected = { status: ['REQUESTED'], applied_at: [seen.applied_at] };
  const second = await postpone(ctx, due, cappedMs, asSeen);
  return second.isTaken ? second.refund : undefined;
}

/** The statuses that are checked less and less often. */
const CHECKED_SELDOM = ['REJECTED', 'INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED'] as const;

async function postpone(
  ctx: ApplyContext,
  due: DueRefund,
  check_wait: number,
  expected: Expected,
): Promise<{ isTaken: boolean; refund: Refund | undefined }> {
  const next_check_at = ctx.clock.nowMs() + check_wait;
  const { written, refund } = await ctx.store.update(
    due.no_refund,
    { next_check_at: [due.next_check_at], ...expected },
    { next_check_at, check_wait },
  );
  // A failed condition that meets just what it wanted to write is that write, repeated after a lost answer. (Or that of
  // another run in the same millisecond: then both ask, which harms nothing.)
  const isRepeated = refund?.next_check_at === next_check_at && refund.check_wait === check_wait;
  return { isTaken: written || isRepeated, refund };
}

async function lookInto(ctx: ApplyContext, refund: Refund, due: DueRefund): Promise<Resolution> {
  if (refund.status !== 'REQUESTED' || !isApplied(refund)) return askAgain(ctx, refund);
  const isUnderWay = (refund.lease_until ?? 0) > ctx.clock.nowMs();
  if (isUnderWay) return { refund: await comeBackAfterLease(ctx, refund, due) };
  return resolve(ctx, refund, 'check');
}

/** Somebody is at it: that only defers this check, and lengthens no wait. */
async function comeBackAfterLease(ctx: ApplyContext, refund: Refund, due: DueRefund): Promise<Refund> {
  const latest = ctx.clock.nowMs() + MAX_DEFER_MS;
  const written = await ctx.store.update(
    refund.no_refund,
    { next_check_at: [refund.next_check_at] },
    { next_check_at: Math.min(refund.lease_until ?? 0, latest), check_wait: due.check_wait },
  );
  return written.refund ?? refund;
}

/** A refund that the gateway has answered for, or that isn't ours to send: asking is all there is to do. */
async function askAgain(ctx: ApplyContext, refund: Refund): Promise<Resolution> {
  const { no_refund, status } = refund;
  if (!refund.dt_refund) {
    // It stays due, so that it is told of until a further notification, or a person, brings the date.
    ctx.log.error('a refund cannot be queried: its date is not known', {
      no_refund,
      status,
      metrics: { NotQueryable: 1, StuckRefunds: 1 },
    });
    return { refund, asked: 'not-sent' };
  }
  const answer = await ask(ctx, refund);
  if (answer.type === 'statement') {
    const settlement = await settle(ctx, answer.said, 'asked');
    return {
      refund: refundAfter(settlement, refund),
      asked: settlement.outcome === 'incomplete' ? 'in-doubt' : answer.type,
    };
  }
  if (answer.type === 'not-found' && (status !== 'REJECTED' || isSpokenOf(refund))) {
    ctx.log.error('the gateway does not know a refund that it has answered for', {
      no_refund,
      status,
      metrics: { UnknownToGateway: 1, StuckRefunds: 1 },
    });
  }
  const quietMs = ctx.clock.nowMs() - Date.parse(refund.updated_at);
  if (answer.type === 'not-found' && status === 'REJECTED' && quietMs > WATCH_REJECTED_MS) {
    // One that a signed message has spoken of stays due, until the gateway says what became of it.
    const still: Expected = { status: ['REJECTED'], next_check_at: [refund.next_check_at], ...UNHEARD_OF };
    await ctx.store.update(no_refund, still, NO_CHECK);
  }
  return { refund, asked: answer.type };
}
