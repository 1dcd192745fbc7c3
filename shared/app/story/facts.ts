import type { Status } from '../../domain/life-cycle.ts';
import type { Attention } from '../../domain/problem.ts';
import type { Refund } from '../../domain/refund.ts';
import type { ReceivedMessage } from '../../domain/story.ts';

/** What an entry repeats of the record as it was then. */
type Recorded = Pick<
  Refund,
  | 'status'
  | 'kind'
  | 'money_refund'
  | 'no_order'
  | 'oid_paybill'
  | 'dt_refund'
  | 'reference'
  | 'reason'
  | 'requested_by'
  | 'requested_by_iam'
  | 'sta_refund'
  | 'oid_refundno'
  | 'settle_date'
  | 'money_foreign_refund'
  | 'rate_id'
  | 'rate'
  | 'exchange_bankcode'
  | 'ret_code'
  | 'ret_msg'
  | 'claimed_sta_refund'
  | 'claimed_oid_refundno'
>;

/** What an entry may tell beside its code and its time; which of it, its code decides. */
export interface StoryFacts extends Partial<Recorded> {
  /** The status before. */
  from?: Status;
  /** Counts the attempts. */
  attempt?: number;
  /** ISO 8601, UTC: when the refund is checked next. */
  next_check_at?: string;
  /** ISO 8601, UTC: the end of a hold. */
  until?: string;
  /** Those that were changed by hand. */
  fields?: string[];
  /** Why a change could not be read. */
  error?: string;
  needs_attention?: Attention;
  what_to_do?: string;
  /** The verified message that caused it. */
  message?: ReceivedMessage;
}
