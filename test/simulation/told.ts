import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { SeenChange } from './checks-on-story.ts';
import { rankOf, STA_REFUND } from './checks-on-writes.ts';
import { HELD } from './operator.ts';

/** An entry that a change must have in its refund's story. */
export interface Expected {
  code: string;
  facts: Record<string, unknown>;
  /** A message must be beside it; otherwise none may be. */
  evidence?: boolean;
}

const MOVED: Record<Status, string> = {
  REQUESTED: 'refund.reapplied',
  REJECTED: 'refund.rejected',
  INITIALIZED: 'refund.initialized',
  PROCESSING: 'refund.processing',
  SUCCEEDED: 'refund.succeeded',
  FAILED: 'refund.failed',
};

/** A hold is told from here on. The stream's times are whole seconds. */
const TOLD_HOLD_MS = 400_000;

type Images = { before: Refund; after: Refund };

/** What a change must tell, by what whoever saw it knows of it; in no order. */
export function expectedOf(seen: SeenChange): Expected[] {
  const { before, after } = seen;
  if (seen.byHand === 'unreadable') return [{ code: 'record.unreadable', facts: {} }];
  if (!after) return before ? [{ code: 'record.deleted', facts: { status: before.status } }] : [];
  if (!before) return expectedOfCreation(after);
  const images = { before, after };
  return [
    ...expectedOfStatus(images),
    ...expectedOfMessage(images),
    ...expectedOfProblem(images),
    ...expectedOfAttempt(images),
    ...expectedOfCheck(seen, images),
    ...(seen.writer ? [] : expectedOfPerson(seen, images)),
  ];
}

function expectedOfCreation(after: Refund): Expected[] {
  const { kind, status, money_refund, sta_refund, oid_refundno, task_token } = after;
  if (kind === 'external') {
    const facts = { status, money_refund, sta_refund, oid_refundno };
    return [{ code: 'refund.external', facts, evidence: true }];
  }
  return [
    { code: 'refund.created', facts: { status, kind, money_refund, no_order: after.no_order } },
    { code: 'attempt.sent', facts: { attempt: 1 } },
    ...(task_token ? [{ code: 'task.waits', facts: {} }] : []),
  ];
}

function expectedOfStatus({ before, after }: Images): Expected[] {
  const { status, ret_code, oid_refundno } = after;
  if (before.status === status) return [];
  const moved = { from: before.status, status };
  const isByMessage = rankOf(status) > 0;
  const facts = isByMessage
    ? { ...moved, sta_refund: STA_REFUND[status], oid_refundno }
    : status === 'REJECTED'
      ? { ...moved, ret_code }
      : moved;
  // Applied for again, and not sent since: the query, or a message, tells that the rejected one was paid.
  const isUnsent = (before.attempts ?? 0) > 1 && before.last_attempt_at === before.applied_at;
  const wasRejected = before.status === 'REJECTED' || (before.status === 'REQUESTED' && isUnsent);
  const isPaidAfterAll = wasRejected && isByMessage && status !== 'FAILED';
  return [
    { code: MOVED[status], facts, evidence: isByMessage },
    ...(isPaidAfterAll ? [{ code: 'refund.paid_after_rejection', facts: { status } }] : []),
  ];
}

function expectedOfMessage({ before, after }: Images): Expected[] {
  const { status, conflict } = after;
  const isMoved = before.status !== status;
  if (after.conflicts !== before.conflicts) {
    const { received_at: _at, ...said } = conflict?.latest ?? { received_at: '' };
    // The number that comes late contradicts what an earlier message claimed: both are told.
    const isCompleted = !isMoved && after.oid_refundno !== before.oid_refundno;
    return [
      ...(isCompleted ? [{ code: 'message.completes', facts: { status }, evidence: true }] : []),
      { code: 'message.conflict', facts: { status, ...said }, evidence: !isMoved && !isCompleted },
    ];
  }
  if (isMoved || after.message === before.message) return [];
  const { unsettled, claimed_sta_refund, claimed_oid_refundno } = after;
  const isClaim =
    unsettled !== before.unsettled ||
    claimed_sta_refund !== before.claimed_sta_refund ||
    claimed_oid_refundno !== before.claimed_oid_refundno;
  return [{ code: isClaim ? 'message.incomplete' : 'message.completes', facts: { status }, evidence: true }];
}

function expectedOfProblem({ before, after }: Images): Expected[] {
  const { last_problem, attention, status } = after;
  const isNewProblem = last_problem && last_problem !== before.last_problem;
  const isNewAttention = attention && attention !== before.attention;
  const { code = '', at, reason, ret_code } = last_problem ?? { at: '', reason: '' };
  const calls = {
    denied: status === 'REQUESTED' ? 'query.denies_message' : 'query.denies_status',
    too_old_to_resend: 'attempt.too_old_to_resend',
    duplicate_not_found: 'attempt.duplicate_not_found',
  };
  return [
    ...(isNewProblem ? [{ code, facts: { at, reason, ret_code } }] : []),
    ...(isNewAttention ? [{ code: calls[attention], facts: { needs_attention: attention } }] : []),
  ];
}

function expectedOfAttempt({ before, after }: Images): Expected[] {
  const { attempts, last_attempt_at, applied_at, task_token } = after;
  const isReapplied = before.status === 'REJECTED' && after.status === 'REQUESTED';
  const isBegun = attempts !== before.attempts && !isReapplied;
  // After a rejection the moment is set anew right before the send.
  const isConfirmed = attempts === before.attempts && last_attempt_at !== before.last_attempt_at;
  const at = new Date(last_attempt_at ?? 0).toISOString();
  return [
    ...(isBegun ? [{ code: 'attempt.resent', facts: { attempt: attempts } }] : []),
    ...(isBegun || isConfirmed ? [{ code: 'attempt.sent', facts: { attempt: attempts, at } }] : []),
    ...(applied_at !== before.applied_at && !isReapplied
      ? [{ code: 'application.repeated', facts: {} }]
      : []),
    ...(task_token && task_token !== before.task_token ? [{ code: 'task.waits', facts: {} }] : []),
  ];
}

/** A run of reconciliation postpones a check before it makes it, and puts off one that meets a running lease. */
function expectedOfCheck({ writer, isOwnCheck }: SeenChange, { before, after }: Images): Expected[] {
  const isOther =
    before.next_check_at === after.next_check_at ||
    before.status !== after.status ||
    before.message !== after.message ||
    before.attempts !== after.attempts ||
    before.applied_at !== after.applied_at;
  if (!writer?.name.startsWith('reconcile') || isOther) return [];
  if (after.next_check_at === undefined) return [{ code: 'check.ended', facts: {} }];
  // Two runs that postpone a check in the same millisecond both make it, and only the first one writes.
  const isPutOff = isOwnCheck || after.next_check_at === before.lease_until;
  return isPutOff ? [] : [{ code: 'check.begun', facts: {} }];
}

/** A hold that is ended in its last minutes is not told: when it would end is known. */
function expectedOfPerson({ byHand, happenedAtMs }: SeenChange, { before, after }: Images): Expected[] {
  if (byHand === 'foreign') return [{ code: 'record.changed_by_hand', facts: {} }];
  const { lease_until: until = 0, attempt_id } = after;
  if (attempt_id !== HELD || until === before.lease_until) return [];
  const atMs = Math.floor(happenedAtMs / 1_000) * 1_000;
  if (until > atMs + TOLD_HOLD_MS)
    return [{ code: 'record.held', facts: { until: new Date(until).toISOString() } }];
  const isHeld = (before.lease_until ?? 0) > atMs + TOLD_HOLD_MS;
  return isHeld ? [{ code: 'record.hold_ended', facts: {} }] : [];
}
