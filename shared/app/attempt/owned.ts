import { type AppliedRefund, isApplied, type Refund } from '../../domain/refund.ts';
import type { Written } from '../ports/store.ts';
import { recordOf } from '../transitions.ts';

/** What came of a write of the attempt protocol: whether the refund is this writer's to go on with. */
export type Owned = { mine: true; refund: AppliedRefund } | { mine: false; refund: Refund };

/**
 * If the condition fails but the record has our new `attempt_id`, our first try was written and only its answer was
 * lost. If a message has moved the refund on in between, there is nothing left to attempt.
 */
export function owned(written: Written, attemptId: string | undefined): Owned {
  const refund = recordOf(written);
  const isRepeated =
    attemptId !== undefined && refund.attempt_id === attemptId && refund.status === 'REQUESTED';
  const mine = written.written || isRepeated;
  return mine && isApplied(refund) ? { mine, refund } : { mine: false, refund };
}
