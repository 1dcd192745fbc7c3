import type { Status } from '../../domain/life-cycle.ts';
import type { RefundView } from '../../domain/refund-view.ts';

/** By which rules on the bus find the events. */
export const EVENT_SOURCE = 'lianlian.refunds';

export const EVENT_DETAIL_TYPE = 'Refund Status Changed';

/** A change of status, as it is published: the refund after it. */
export interface RefundEvent extends RefundView {
  /** The same for every repetition of one change of status. */
  event_id: string;
  /** Missing where the record is new. */
  previous_status?: Status;
}

/** Where events are published. */
export interface EventBus {
  /** @returns for each event why it was refused, `undefined` where it was taken; throws where none was taken */
  put(events: RefundEvent[]): Promise<(string | undefined)[]>;
}

/**
 * The state machines that wait for a refund's end. A token that is spent, timed out or unknown counts as done: the
 * methods tell whether somebody waited for the answer.
 */
export interface WaitingTasks {
  succeed(token: string, output: object): Promise<boolean>;
  fail(token: string, error: string, cause: object): Promise<boolean>;
}

/** What could not be published for too long, with everything that a replay needs but for the task token. */
export interface DeadLetter {
  refund: RefundView;
  /** Where it is the event that could not be published. */
  event?: RefundEvent;
  /** Whether a state machine waits, and could not be answered. */
  isWaitedFor: boolean;
}

/** Where dead letters are kept until somebody replays them. */
export interface DeadLetters {
  send(letter: DeadLetter): Promise<void>;
}
