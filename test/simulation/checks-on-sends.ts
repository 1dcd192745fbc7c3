import type { Refund } from '../../shared/domain/refund.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

interface Send {
  process: Process;
  isOpen: boolean;
}

/** Checks every application that a process sends. */
export class SendChecks {
  readonly #world: World;
  readonly #sends = new Map<string, Send[]>();
  readonly #signatures = new Map<string, Set<string>>();
  readonly #counts = new Map<string, number>();
  readonly begunAtMs = new Map<string, number>();
  /** By refund: the number of the write that first kept a verified message beside it. */
  readonly #firstMessageWrites = new Map<string, number>();
  #writes = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** A write by which a later send is judged. */
  onWrite(writer: Process | undefined, before: Refund | undefined, after: Refund): void {
    const { no_refund, status, last_attempt_at, attempts } = after;
    this.#writes += 1;
    if (hasMessage(after) && !(before && hasMessage(before)))
      this.#firstMessageWrites.set(no_refund, this.#writes);
    if (last_attempt_at !== undefined && last_attempt_at !== before?.last_attempt_at)
      this.begunAtMs.set(no_refund, last_attempt_at);
    else if (attempts !== before?.attempts)
      this.begunAtMs.set(no_refund, writer?.nowMs() ?? this.#world.scheduler.nowMs);
    writer?.lastWrites.set(no_refund, this.#writes);
    if (writer && after.attempt_id !== before?.attempt_id) writer.leases.set(no_refund, after.attempt_id);
    if (before?.status === 'REJECTED' && status === 'REQUESTED') writer?.reapplied.add(no_refund);
    const queried = writer?.queried.get(no_refund);
    if (queried) queried.isConfirmed = true;
  }

  /** A send begins. `close` is called when its process has received the answer or an error. */
  begin(
    process: Process,
    noRefund: string,
    body: string,
  ): { violation: string | undefined; close: () => void } {
    const count = (this.#counts.get(noRefund) ?? 0) + 1;
    this.#counts.set(noRefund, count);
    const others = this.#sends.get(noRefund) ?? [];
    const signatures = this.#signatures.get(noRefund) ?? new Set();
    const { sign } = JSON.parse(body) as { sign: string };
    this.#signatures.set(noRefund, signatures.add(sign));
    process.sends += 1;
    process.sent.add(noRefund);
    const violation =
      this.#violationOf(process, noRefund, count, others) ??
      (signatures.size > (this.#world.settings.rotatesMerchantKey ? 2 : 1)
        ? 'two attempts have different signatures, and no key was rotated'
        : undefined);
    const own = { process, isOpen: true };
    this.#sends.set(noRefund, [...others, own]);
    return {
      violation,
      close: () => {
        own.isOpen = false;
      },
    };
  }

  #violationOf(process: Process, noRefund: string, count: number, others: Send[]): string | undefined {
    const { table, scheduler } = this.#world;
    const record = table.items.get(noRefund);
    if (!record) return 'a request was sent before its record was written';
    if (count > (record.attempts ?? 0))
      return `${count} requests were sent, and ${record.attempts} attempts are recorded`;
    if (process.nowMs() < (this.#world.checks.heldByHand.get(noRefund) ?? 0))
      return 'a request was sent while an operator held the refund';
    if (process.nowMs() > process.deadlineMs) return 'a request was sent after the deadline';
    const queried = process.queried.get(noRefund);
    if ((record.attempts ?? 0) > 1 && !queried?.isNotFound)
      return 'a request was sent again without a "not found" before it';
    if (queried && !queried.isConfirmed)
      return 'a request was sent on a "not found" without a write in between';
    const firstMessageWrite = this.#firstMessageWrites.get(noRefund) ?? Number.POSITIVE_INFINITY;
    if (hasMessage(record) && firstMessageWrite < (process.lastWrites.get(noRefund) ?? 0))
      return 'a request was sent although a verified message is about the refund';
    const seen = process.seenStatuses.get(noRefund);
    if (seen !== 'REQUESTED') return `a request was sent by a process that had read ${seen}`;
    const other = others.find(({ process, isOpen }) => isOpen && scheduler.nowMs < process.endsAtMs);
    return other && `two attempts at the same time: ${other.process.name} and ${process.name}`;
  }
}

export const hasMessage = ({ unsettled, conflict }: Refund): boolean =>
  unsettled !== undefined || conflict !== undefined;
