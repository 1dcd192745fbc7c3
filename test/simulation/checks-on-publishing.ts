import type { DeadLetter, RefundEvent } from '../../shared/app/ports/publishing.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { World } from './world.ts';

interface StatusChange {
  status: Status;
  previous_status: Status | undefined;
  event_id?: string;
  isPublished: boolean;
}

/** How a waiting state machine sees each end of a refund. */
const ENDS: Partial<Record<Status, string>> = {
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'RefundFailed',
  REJECTED: 'RefundRejected',
};

/** Checks that every change of status is published and every task is completed. Order and repetition don't matter. */
export class PublishingChecks {
  readonly #world: World;
  /** By number and version. */
  readonly #changes = new Map<string, StatusChange>();
  /** By task token: the ends that its refund had while it was in the record. */
  readonly #ends = new Map<string, { noRefund: string; ends: Set<string>; isCompleted: boolean }>();
  readonly #waitedForLetters = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onWrite(before: Refund | undefined, after: Refund): void {
    const { no_refund, version, status, task_token } = after;
    if (before?.status !== status)
      this.#changes.set(`${no_refund} ${version}`, {
        status,
        previous_status: before?.status,
        isPublished: false,
      });
    const end = ENDS[status];
    if (!task_token || !end) return;
    const known = this.#ends.get(task_token) ?? { noRefund: no_refund, ends: new Set(), isCompleted: false };
    known.ends.add(end);
    this.#ends.set(task_token, known);
  }

  onEvent({ event_id, previous_status, no_refund, version, status }: RefundEvent): string | undefined {
    const change = this.#changes.get(`${no_refund} ${version}`);
    if (!change || change.status !== status || change.previous_status !== previous_status)
      return `an event says ${no_refund}: ${previous_status} to ${status}, version ${version}: there was no such change`;
    if (event_id !== (change.event_id ?? event_id)) return 'one change was published under two ids';
    change.event_id = event_id;
    change.isPublished = true;
    return undefined;
  }

  /** `wasWaiting`: the task wasn't completed before; `violation`: the refund never had this end. */
  onTask(
    token: string,
    end: string,
    refund: { no_refund?: string; status?: Status },
  ): { wasWaiting: boolean; violation?: string } {
    const known = this.#ends.get(token);
    if (!known?.ends.has(end) || known.noRefund !== refund.no_refund || ENDS[refund.status as Status] !== end)
      return { wasWaiting: false, violation: `a task was completed with ${end}, which its refund never was` };
    this.#world.reach('a task is completed');
    const wasWaiting = !known.isCompleted;
    known.isCompleted = true;
    return { wasWaiting };
  }

  onDeadLetter({ refund, isWaitedFor }: DeadLetter): void {
    this.#world.reach('a dead letter is sent');
    if (isWaitedFor) this.#waitedForLetters.add(refund.no_refund);
  }

  violationAtTheEnd(): string | undefined {
    for (const [numberAndVersion, { status, isPublished }] of this.#changes)
      if (!isPublished) return `${numberAndVersion} (${status}) was not published`;
    for (const [token, { noRefund, isCompleted }] of this.#ends) {
      // A dead letter has no token: its replay completes the newest, the only one that a state machine waits with.
      const isNewest = this.#world.table.items.get(noRefund)?.task_token === token;
      if (!isCompleted && (isNewest || !this.#waitedForLetters.has(noRefund)))
        return `the task of ${noRefund} was never completed`;
    }
    return undefined;
  }
}
