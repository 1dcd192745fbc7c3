import { beijingTime } from '../domain/beijing-time.ts';
import { isFinal, type Status } from '../domain/life-cycle.ts';
import { isApplied, lastAppliedAtMs, type Refund } from '../domain/refund.ts';
import type { Rules } from './ports/context.ts';

/** The fields by which the sparse index of due refunds has a refund. */
export type Checks = Pick<Refund, 'shard' | 'next_check_at' | 'check_wait'>;

/** Enough that many refunds at once don't meet in one partition of the index; each run of reconciliation reads all. */
const SHARD_COUNT = 8;

/** Every part of the index. */
export const SHARDS = Array.from({ length: SHARD_COUNT }, (_, shard) => String(shard));

/** The longest wait between two checks, milliseconds. */
const MAX_WAIT_MS = 86_400_000;

/**
 * The longest wait between two checks while a refund may be sent again, milliseconds: with the 5 minutes between two
 * runs one check falls within the last hour before it may not be any more.
 */
export const MAX_RESENDABLE_WAIT_MS = 50 * 60_000;

/** The part of the index that a refund is in: the same for a number at all times, so that no write reads first. */
export function shardOf(noRefund: string): string {
  let hash = 0;
  for (const char of noRefund) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return String(hash % SHARD_COUNT);
}

/** Every part of the index of days that has refunds of a day, `yyyymmdd`. */
export function dayShards(day: string): string[] {
  return SHARDS.map((shard) => `${day}#${shard}`);
}

/** The part of the index of days that a refund is in. Once written it never changes: such a change would cost two writes. */
export function dayShardOf(noRefund: string, createdAtMs: number): string {
  return `${beijingTime(createdAtMs).slice(0, 8)}#${shardOf(noRefund)}`;
}

/** The index fields of a refund whose first check is due in `waitMs`. */
export function checkIn(noRefund: string, nowMs: number, waitMs: number): Checks {
  return { shard: shardOf(noRefund), next_check_at: nowMs + waitMs, check_wait: waitMs };
}

/** The index fields of a refund that is due at once; the waits between further checks start from the first. */
export function checkNow(noRefund: string, nowMs: number, firstCheckMs: number): Checks {
  return { ...checkIn(noRefund, nowMs, firstCheckMs), next_check_at: nowMs };
}

/** The index fields of a refund whose first attempt begins now: it is checked once, at least, while it may be sent again. */
export function firstCheck(noRefund: string, nowMs: number, { firstCheckMs, resendUntilMs }: Rules): Checks {
  return checkIn(noRefund, nowMs, Math.min(firstCheckMs, Math.ceil(0.9 * resendUntilMs)));
}

/** The index fields of a refund that is sent, or applied for, again: no wait of it is longer than the others. */
export function furtherCheck(noRefund: string, nowMs: number, rules: Rules): Checks {
  const firstCheckMs = Math.min(rules.firstCheckMs, MAX_RESENDABLE_WAIT_MS);
  return firstCheck(noRefund, nowMs, { ...rules, firstCheckMs });
}

/** Whether a refund is young enough, by its last application, for reconciliation to send it again by itself. */
export function mayResend(refund: Refund, nowMs: number, { resendUntilMs }: Rules): boolean {
  const isOpen = refund.status === 'REQUESTED' && isApplied(refund);
  return isOpen && nowMs - lastAppliedAtMs(refund) <= resendUntilMs;
}

/** The wait before the check after one that followed a wait of `waitMs`. */
export function longerWait(waitMs: number): number {
  return Math.min(2 * waitMs, MAX_WAIT_MS);
}

/** The index fields of a refund that needs no more checks. */
export const NO_CHECKS: Checks = { shard: undefined, next_check_at: undefined, check_wait: undefined };

/** A first check with this part of its wait before it is as good as a new one: a changed key of the index costs two writes. */
const NEARLY_WHOLE = 0.9;

/**
 * The index fields of a refund that has come to `status`: the waits between checks start anew, or end.
 *
 * @param begun the record with the first check of an attempt, moments ago: it stays, if it is nearly whole. (Nothing ends
 *   the checks of an open refund that soon.)
 */
export function checksAfter(
  status: Status,
  noRefund: string,
  nowMs: number,
  firstCheckMs: number,
  begun?: Refund,
): Partial<Checks> {
  if (isFinal(status)) return NO_CHECKS;
  const leftMs = (begun?.next_check_at ?? nowMs) - nowMs;
  const isNearlyWhole = leftMs >= NEARLY_WHOLE * firstCheckMs && leftMs <= firstCheckMs;
  return isNearlyWhole ? {} : checkIn(noRefund, nowMs, firstCheckMs);
}
