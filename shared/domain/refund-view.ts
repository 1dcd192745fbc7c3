import { isFinal, type Status } from './life-cycle.ts';
import type { Attention, Problem } from './problem.ts';
import { RESULT_FIELDS, type Refund } from './refund.ts';
import { reasonOfCode } from './return-codes.ts';

const SHOWN = [
  'no_refund',
  'kind',
  'status',
  'version',
  'oid_partner',
  'money_refund',
  'no_order',
  'dt_order',
  'oid_paybill',
  'dt_refund',
  'notify_url',
  'reference',
  'reason',
  'requested_by',
  'requested_by_iam',
  'sta_refund',
  ...RESULT_FIELDS,
  'conflict',
  'attempts',
  'created_at',
  'updated_at',
] as const satisfies (keyof Refund)[];

/** What a caller may see of a refund. */
export interface RefundView extends Pick<Refund, (typeof SHOWN)[number]> {
  last_problem?: Omit<Problem, 'code'>;
  ret_code?: string;
  ret_msg?: string;
  /** English, of the code of a rejection, where the caller's own `reason` has that name. */
  rejection_reason?: string;
  /** ISO 8601, UTC. */
  last_attempt_at?: string;
  next_check_at?: string;
  needs_attention?: Attention;
  /** What to do where somebody must help. */
  what_to_do?: string;
}

/** What somebody can do where the service cannot go on by itself. */
export const WHAT_TO_DO: Record<Attention, string> = {
  conflict:
    'Verified messages contradict each other: ask LianLian which one is true. With two oid_refundno it may have been paid twice.',
  denied:
    'A verified message is about the refund, and the gateway does not know it: ask LianLian what became of the number.',
  too_old_to_resend:
    'The gateway does not know it, and it is too old to be sent again by itself: apply again, unchanged, or leave it.',
  duplicate_not_found:
    'The gateway calls the number a duplicate, and does not find it: ask LianLian what became of the number.',
};

/** The statuses whose code says nothing more: an accepted one. */
const isAccepted = (status: Status): boolean => status !== 'REQUESTED' && status !== 'REJECTED';

/** The refund without what the attempt protocol keeps and without the task token; times are ISO 8601, UTC. */
export function viewOf(refund: Refund): RefundView {
  const { status, ret_code = '', ret_msg, last_problem, last_attempt_at, next_check_at } = refund;
  const needs_attention = attentionOf(refund);
  const shown = SHOWN.map((field) => [field, refund[field]]);
  const view = {
    ...Object.fromEntries(shown),
    ...(!isAccepted(status) && { ret_code: ret_code || undefined, ret_msg }),
    ...(status === 'REJECTED' && {
      reason: refund.reason ?? reasonOfCode(ret_code),
      rejection_reason: reasonOfCode(ret_code),
    }),
    last_problem: last_problem && shownProblem(last_problem),
    last_attempt_at: timeOf(last_attempt_at),
    next_check_at: isFinal(status) ? undefined : timeOf(next_check_at),
    needs_attention,
    what_to_do: needs_attention && WHAT_TO_DO[needs_attention],
  };
  return Object.fromEntries(
    Object.entries(view).filter(([, value]) => value !== undefined),
  ) as unknown as RefundView;
}

function attentionOf({ conflict, attention }: Refund): Attention | undefined {
  return conflict ? 'conflict' : attention;
}

/** Undefined of what is no time: one record that somebody has broken by hand must not hold up others that are published. */
function timeOf(epochMs: number | undefined): string | undefined {
  const time = new Date(typeof epochMs === 'number' ? epochMs : Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

function shownProblem({ code: _internal, ...shown }: Problem): Omit<Problem, 'code'> {
  return shown;
}
