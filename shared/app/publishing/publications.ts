import type { Status } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import { type RefundView, viewOf } from '../../domain/refund-view.ts';
import type { ChangeOfRefund } from '../ports/change-record.ts';
import type { RefundEvent } from '../ports/publishing.ts';

/** What there is to publish of a change, or of a dead letter. */
export interface Publication {
  id: string;
  refund: RefundView;
  event?: RefundEvent;
  waiting?: Waiting;
  /** From then on a failure becomes a dead letter, so that the changes behind it are published. */
  giveUpAtMs: number;
}

/** A state machine that waits, and how its task is completed. */
export interface Waiting {
  token: string;
  end: End;
  refund: RefundView;
}

type End = 'success' | 'RefundFailed' | 'RefundRejected';

/** How a waiting state machine sees each end of a refund. */
const ENDS: Partial<Record<Status, End>> = {
  SUCCEEDED: 'success',
  FAILED: 'RefundFailed',
  REJECTED: 'RefundRejected',
};

/** What a change of a refund's record has to publish: an event where its status has changed, a task's end. */
export function publicationOf({ id, before, after }: ChangeOfRefund, giveUpAtMs: number): Publication {
  const isMoved = before?.status !== after.status;
  return {
    id,
    refund: viewOf(after),
    event: isMoved ? eventOf(after, before?.status) : undefined,
    // A token that comes after the end is answered too.
    waiting: isMoved || before?.task_token !== after.task_token ? waitingFor(after) : undefined,
    giveUpAtMs,
  };
}

function eventOf(refund: Refund, previous_status: Status | undefined): RefundEvent {
  return { ...viewOf(refund), previous_status, event_id: `${refund.no_refund}:${refund.version}` };
}

/** The state machine that waits for the refund, if it has come to an end. */
export function waitingFor(refund: Refund): Waiting | undefined {
  const end = ENDS[refund.status];
  return end && refund.task_token ? { token: refund.task_token, end, refund: viewOf(refund) } : undefined;
}
