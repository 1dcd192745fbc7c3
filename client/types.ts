/** An application for a refund. docs/api.md has the form of each field. */
export interface RefundInput {
  /** Your number of the refund: it identifies it. */
  no_refund: string;
  /** CNY yuan, such as `200.01`. */
  money_refund: string;
  no_order?: string;
  oid_paybill?: string;
  /** `yyyyMMddHHmmss`, UTC+8, like `dt_refund`. It goes with `no_order`. */
  dt_order?: string;
  dt_refund?: string;
  notify_url?: string;
  oid_partner?: string;
  /** A Step Functions task to complete when the refund ends. */
  task_token?: string;
  reference?: string;
  reason?: string;
  requested_by?: string;
}

/** An application names the original payment by `no_order`, `oid_paybill` or both. */
export type Application = RefundInput & ({ no_order: string } | { oid_paybill: string; dt_order?: never });

export type RefundStatus = 'REQUESTED' | 'REJECTED' | 'INITIALIZED' | 'PROCESSING' | 'SUCCEEDED' | 'FAILED';

/** The statuses after which nothing changes any more. */
export type FinalStatus = 'SUCCEEDED' | 'FAILED';

export type RefundKind = 'refund' | 'exchange-refund' | 'external';

export type Attention = 'conflict' | 'denied' | 'too_old_to_resend' | 'duplicate_not_found';

/** The last exchange with the gateway that proved nothing. */
export interface Problem {
  at: string;
  doing: 'applying' | 'querying';
  reason: string;
  ret_code?: string;
  ret_msg?: string;
}

/** A verified message that contradicts the record. */
export interface KeptMessage {
  received_at: string;
  sta_refund?: string;
  money_refund?: string;
  dt_refund?: string;
  oid_refundno?: string;
  ret_code?: string;
}

/** What the gateway said of a refund. */
export interface GatewayFacts {
  sta_refund?: string;
  oid_refundno?: string;
  settle_date?: string;
  money_foreign_refund?: string;
  rate_id?: string;
  rate?: string;
  exchange_bankcode?: string;
  ret_code?: string;
  ret_msg?: string;
}

/** A refund as the service shows it. Times are ISO 8601, UTC. */
export interface Refund extends GatewayFacts {
  no_refund: string;
  kind: RefundKind;
  status: RefundStatus;
  /** Counts the changes of `status`. */
  version: number;
  oid_partner?: string;
  money_refund?: string;
  no_order?: string;
  dt_order?: string;
  oid_paybill?: string;
  dt_refund?: string;
  notify_url?: string;
  reference?: string;
  reason?: string;
  requested_by?: string;
  requested_by_iam?: string;
  rejection_reason?: string;
  /** Look at it before you trust a `FAILED`. */
  conflict?: { first: KeptMessage; latest: KeptMessage };
  attempts?: number;
  last_attempt_at?: string;
  next_check_at?: string;
  last_problem?: Problem;
  needs_attention?: Attention;
  what_to_do?: string;
  created_at: string;
  updated_at: string;
}

/** A refund as it was read, and after a refresh how that went. */
export interface ReadRefund extends Refund {
  refreshed?: boolean;
  refresh_problem?: string;
}

/** The detail of an event on the bus: the refund after a change of status. */
export interface RefundEventDetail extends Refund {
  /** The same for every repetition of one change. */
  event_id: string;
  previous_status?: RefundStatus;
}

/** One fault of a request, or one field that differs from the recorded refund. */
export interface Issue {
  path: string;
  message: string;
}

/** The names of the errors that the service answers with. */
export type ServiceErrorName =
  | 'InvalidRequest'
  | 'NotAuthentic'
  | 'RefundNotFound'
  | 'RefundConflict'
  | 'PayloadTooLarge'
  | 'RefundRejected'
  | 'ServiceUnavailable'
  | 'OutcomeUnknown'
  | 'InternalError';
