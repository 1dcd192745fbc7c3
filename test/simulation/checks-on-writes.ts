import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { Ledger } from './gateway/ledger.ts';

const RANK: Record<Status, number> = {
  REQUESTED: 0,
  REJECTED: 0,
  INITIALIZED: 1,
  PROCESSING: 2,
  SUCCEEDED: 3,
  FAILED: 3,
};

export const rankOf = (status: Status): number => RANK[status];

export const STA_REFUND: Partial<Record<Status, string>> = {
  INITIALIZED: '0',
  PROCESSING: '1',
  SUCCEEDED: '2',
  FAILED: '3',
};

/** Fields that never change once they are written. */
const CONSTANT = [
  'no_refund',
  'kind',
  'oid_partner',
  'money_refund',
  'no_order',
  'dt_refund',
  'notify_url',
  'created_at',
  'day_shard',
] as const satisfies (keyof Refund)[];

/** The rule that a write of a record breaks, if any. */
export function violationOfWrite(
  before: Refund | undefined,
  after: Refund,
  ledger: Ledger,
): string | undefined {
  return (
    violationOfStatus(before, after, ledger) ??
    violationOfIndex(after) ??
    violationOfRejection(after, ledger) ??
    violationOfLists(after) ??
    (before && (violationOfChange(before, after) ?? violationOfAttempts(before, after)))
  );
}

function violationOfStatus(before: Refund | undefined, after: Refund, ledger: Ledger): string | undefined {
  const changes = before?.status !== after.status;
  if (after.version !== (before?.version ?? 0) + (changes ? 1 : 0)) {
    return `version ${after.version} after ${before?.version}, status ${before?.status} to ${after.status}`;
  }
  if (!changes) return undefined;
  if (before && rankOf(after.status) <= rankOf(before.status) && rankOf(before.status) > 0) {
    return `status ${before.status} was followed by ${after.status}`;
  }
  const staRefund = STA_REFUND[after.status];
  const amount = after.money_refund ?? '';
  if (staRefund !== undefined && !ledger.hasSentStatus(after.no_refund, staRefund, amount)) {
    return `${after.status} of ${amount} was recorded, which the gateway never sent`;
  }
  if (
    after.status === 'REJECTED' &&
    !ledger.rejected.has(after.no_refund) &&
    !ledger.forgedCodes.has(after.no_refund)
  ) {
    return 'REJECTED was recorded, and the gateway never rejected it';
  }
  if (after.status === 'REJECTED' && (before?.unsettled || before?.conflict)) {
    return 'REJECTED was recorded although a verified message is about the refund';
  }
  return undefined;
}

/** An open refund must be in the index of due refunds, a final one must not. */
function violationOfIndex({ status, next_check_at, shard, unsettled }: Refund): string | undefined {
  const isDue = next_check_at !== undefined && shard !== undefined;
  if (rankOf(status) === 3) return isDue ? 'a final status stayed in the index' : undefined;
  const mustBe = status !== 'REJECTED' || unsettled;
  return mustBe && !isDue ? `${status} is not in the index: it is never checked again` : undefined;
}

/** Lists find every refund by its day, and every conflict. */
function violationOfLists({ day_shard, conflict, in_conflict }: Refund): string | undefined {
  if (!day_shard) return 'no list of a day has it';
  const isListed = in_conflict === 'yes';
  return isListed === Boolean(conflict) ? undefined : 'the list of conflicts has it wrong';
}

/** While a refund may still be sent again, it is checked at least once an hour. */
export function violationOfWait(
  before: Refund | undefined,
  { kind, status, next_check_at, applied_at, created_at }: Refund,
  nowMs: number,
  resendUntilMs: number,
): string | undefined {
  if (kind === 'external' || status !== 'REQUESTED' || next_check_at === before?.next_check_at)
    return undefined;
  const untilMs = (applied_at ?? Date.parse(created_at)) + resendUntilMs;
  const waitMs = (next_check_at ?? Number.POSITIVE_INFINITY) - nowMs;
  return nowMs < untilMs && waitMs > 3_600_000
    ? `the next check waits ${waitMs} ms, and a resend may be due`
    : undefined;
}

/** A rejected refund that is checked no more must be certainly absent at the gateway. */
function violationOfRejection(
  { no_refund, status, next_check_at }: Refund,
  ledger: Ledger,
): string | undefined {
  const isUnchecked = status === 'REJECTED' && next_check_at === undefined;
  const isWrong = isUnchecked && !ledger.isCertainlyAbsent(no_refund) && !ledger.forgedCodes.has(no_refund);
  return isWrong
    ? 'REJECTED left the index, and the gateway has paid the refund or may still pay it'
    : undefined;
}

function violationOfChange(before: Refund, after: Refund): string | undefined {
  const changed = CONSTANT.find((field) => before[field] !== undefined && before[field] !== after[field]);
  if (changed) return `${changed} changed from ${before[changed]} to ${after[changed]}`;
  if (before.oid_refundno && before.oid_refundno !== after.oid_refundno) return 'oid_refundno changed';
  if (before.conflict && !after.conflict) return 'a conflict was dropped';
  const isSettled = rankOf(before.status) > 0 && before.status === after.status;
  if (isSettled && (before.ret_code !== after.ret_code || before.ret_msg !== after.ret_msg)) {
    return `ret_code of a settled refund changed from ${before.ret_code} to ${after.ret_code}`;
  }
  return undefined;
}

function violationOfAttempts(before: Refund, after: Refund): string | undefined {
  const begun = (after.attempts ?? 0) - (before.attempts ?? 0);
  if (begun < 0 || begun > 1) return `attempts went from ${before.attempts} to ${after.attempts}`;
  if (begun === 1 && after.attempt_id === before.attempt_id) return 'one write has begun two attempts';
  if (before.doubt && !after.doubt) return 'doubt was removed';
  return undefined;
}
