import { RefundRejected } from './errors.ts';
import type { Status } from './life-cycle.ts';
import type { Attention, Problem } from './problem.ts';
import { reasonOfCode } from './return-codes.ts';
import type { Evidence } from './story.ts';

/** The APIs that a refund can be applied for through; one number belongs to one of them. */
export type AppliedKind = 'refund' | 'exchange-refund';

/** `external`: a refund that this service didn't apply for, known from its notification alone. */
type Kind = AppliedKind | 'external';

/** The decisive fields of a verified message that contradicts the record, and when it came. */
export interface KeptMessage {
  received_at: string;
  sta_refund?: string;
  money_refund?: string;
  dt_refund?: string;
  oid_refundno?: string;
  ret_code?: string;
}

/** What an application asks for, as it is sent, the first time and every further time. */
export interface RequestFields {
  oid_partner: string;
  money_refund: string;
  dt_refund: string;
  notify_url: string;
  no_order?: string;
  dt_order?: string;
  oid_paybill?: string;
}

/** The caller's own words, as first given: kept beside the refund, never sent to the gateway. */
export interface OwnWords {
  /** A ticket's number, for example. */
  reference?: string;
  /** Why the money goes back. */
  reason?: string;
  /** A person, as the caller names them. */
  requested_by?: string;
}

/** Told by the gateway once the refund has come to a status; kept as given, never recomputed, and shown to callers. */
export const RESULT_FIELDS = [
  'oid_refundno',
  'settle_date',
  'money_foreign_refund',
  'rate_id',
  'rate',
  'exchange_bankcode',
] as const;

/** What the gateway has said of a refund, in verified messages and in its rejections. */
export interface GatewayFields extends Partial<Record<(typeof RESULT_FIELDS)[number], string>> {
  sta_refund?: string;
  ret_code?: string;
  ret_msg?: string;
}

/** What the attempt protocol keeps; none of it is shown to a caller. Times are epoch milliseconds. */
interface AttemptFields {
  /** When a caller last applied for it, where that was after `created_at`. */
  applied_at?: number;
  /** How many sends were begun. */
  attempts?: number;
  /** An attempt was begun while an earlier one was unresolved: a rejection isn't believed at once any more. */
  doubt?: boolean;
  /** The fencing token: of the attempt or resolution that holds the lease, or held it last. */
  attempt_id?: string;
  /** The holder may live until then. */
  lease_until?: number;
  last_attempt_at?: number;
  /** With `next_check_at` the key of the index of refunds that are still due. */
  shard?: string;
  next_check_at?: number;
  /** By which lists of a day find it: `yyyymmdd#shard`, the day of `created_at` in UTC+8. */
  day_shard?: string;
  /** Between the check that is due and the one before it, in milliseconds. */
  check_wait?: number;
  task_token?: string;
  /** How many were stored: a write of one that is repeated late is known by it. */
  task_tokens?: number;
  /** An incomplete message has come: a verified one that lacks what would move the refund. */
  unsettled?: true;
  /** What incomplete messages said that a later one can contradict: the end, and the number. */
  claimed_sta_refund?: string;
  claimed_oid_refundno?: string;
}

/** The record of one refund, one item of the table. */
export interface Refund extends Partial<RequestFields>, OwnWords, GatewayFields, AttemptFields {
  no_refund: string;
  kind: Kind;
  status: Status;
  /** Counts the changes of `status`. */
  version: number;
  /** ISO 8601, UTC. */
  created_at: string;
  updated_at: string;
  /** Verified messages that contradict the record: the first and the latest. */
  conflict?: { first: KeptMessage; latest: KeptMessage };
  conflicts?: number;
  /** The verified message that changed the record last. */
  message?: Evidence;
  /** Beside every `conflict`: the key of an index can't be a map. */
  in_conflict?: 'yes';
  last_problem?: Problem;
  /** Why somebody must help, where it isn't the conflict. */
  attention?: Exclude<Attention, 'conflict'>;
  /** The IAM identity that applied over HTTP, by API Gateway's word alone. */
  requested_by_iam?: string;
}

/** A refund that this service applied for: everything that a send needs is there. */
export type AppliedRefund = Refund & RequestFields & { kind: AppliedKind };

/** Whether a verified message is about a refund that is still open, even if it was incomplete or a conflict. */
export function hasMessage({ unsettled, conflict }: Refund): boolean {
  return unsettled !== undefined || conflict !== undefined;
}

/** When a caller last applied for it, epoch milliseconds: how long it may be sent again counts from then. */
export function lastAppliedAtMs({ applied_at, created_at }: Refund): number {
  return applied_at ?? Date.parse(created_at);
}

export function isApplied(refund: Refund): refund is AppliedRefund {
  return refund.kind !== 'external';
}

/** The error that a rejected refund is to the caller who applied for it. */
export function rejectionOf(refund: Refund): RefundRejected {
  const ret_code = refund.ret_code ?? '';
  return new RefundRejected(refund.no_refund, {
    ret_code,
    ret_msg: refund.ret_msg ?? '',
    reason: reasonOfCode(ret_code),
  });
}
