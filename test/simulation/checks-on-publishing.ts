import type { DeadLetter, RefundEvent } from '../../shared/app/ports/publishing.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { World } from './world.ts';

interface Move {
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

/** Watches over what the world is told of changes, and who is answered. Order and repetition don't matter. */
export class PublishingChecks {
  readonly #world: World;
  /** By number and version. */
  readonly #moves = new Map<string, Move>();
  /** The ends that a refund had while a task token stood beside it. */
  readonly #ends = new Map<string, { noRefund: string; ends: Set<string>; isAnswered: boolean }>();
  readonly #lettersOfWaiting = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onWrite(before: Refund | undefined, after: Refund): void {
    const { no_refund, version, status, task_token } = after;
    if (before?.status !== status)
      this.#moves.set(`${no_refund} ${version}`, {
        status,
        previous_status: before?.status,
        isPublished: false,
      });
    const end = ENDS[status];
    if (!task_token || !end) return;
    const known = this.#ends.get(task_token) ?? { noRefund: no_refund, ends: new Set(), isAnswered: false };
    known.ends.add(end);
    this.#ends.set(task_token, known);
  }

  onEvent({ event_id, previous_status, no_refund, version, status }: RefundEvent): string | undefined {
    const move = this.#moves.get(`${no_refund} ${version}`);
    if (!move || move.status !== status || move.previous_status !== previous_status)
      return `an event tells of ${no_refund}: ${previous_status} to ${status}, version ${version}: that never happened`;
    if (event_id !== (move.event_id ?? event_id)) return 'one change was published under two ids';
    move.event_id = event_id;
    move.isPublished = true;
    return undefined;
  }

  /** Whether somebody waited; `fault` where the end isn't that of the refund. */
  onTask(
    token: string,
    end: string,
    refund: { no_refund?: string; status?: Status },
  ): { isHeard: boolean; fault?: string } {
    const known = this.#ends.get(token);
    if (!known?.ends.has(end) || known.noRefund !== refund.no_refund || ENDS[refund.status as Status] !== end)
      return { isHeard: false, fault: `a state machine was told ${end}, which its refund never was` };
    this.#world.reach('a task is completed');
    const isHeard = !known.isAnswered;
    known.isAnswered = true;
    return { isHeard };
  }

  onDeadLetter({ refund, isWaitedFor }: DeadLetter): void {
    this.#world.reach('a dead letter is sent');
    if (isWaitedFor) this.#lettersOfWaiting.add(refund.no_refund);
  }

  violationAtTheEnd(): string | undefined {
    for (const [change, { status, isPublished }] of this.#moves)
      if (!isPublished) return `nobody was told that ${change} is ${status}`;
    for (const [token, { noRefund, isAnswered }] of this.#ends) {
      // A dead letter has no token: its replay answers the newest, which is the only one that somebody waits with.
      const isNewest = this.#world.table.items.get(noRefund)?.task_token === token;
      if (!isAnswered && (isNewest || !this.#lettersOfWaiting.has(noRefund)))
        return `a state machine still waits for the end of ${noRefund}`;
    }
    return undefined;
  }
}
