import type { Refund } from '../../shared/domain/refund.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

interface UnderWay {
  process: Process;
  isOpen: boolean;
}

/** Watches every application that leaves a process. */
export class SendChecks {
  readonly #world: World;
  readonly #underWay = new Map<string, UnderWay[]>();
  readonly #signatures = new Map<string, Set<string>>();
  readonly #counts = new Map<string, number>();
  readonly begunAtMs = new Map<string, number>();
  /** The number of the write that first kept a signed message beside an open refund. */
  readonly #spokenOf = new Map<string, number>();
  #writes = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Something of a refund was written: what a later send is judged by. */
  onWrite(writer: Process | undefined, before: Refund | undefined, after: Refund): void {
    const { no_refund, status, last_attempt_at, attempts } = after;
    this.#writes += 1;
    if (hasMessage(after) && !(before && hasMessage(before))) this.#spokenOf.set(no_refund, this.#writes);
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

  /** A send begins. `close` is to be called when its process has heard what came of it. */
  begin(process: Process, noRefund: string, body: string): { fault: string | undefined; close: () => void } {
    const count = (this.#counts.get(noRefund) ?? 0) + 1;
    this.#counts.set(noRefund, count);
    const others = this.#underWay.get(noRefund) ?? [];
    const signatures = this.#signatures.get(noRefund) ?? new Set();
    const { sign } = JSON.parse(body) as { sign: string };
    this.#signatures.set(noRefund, signatures.add(sign));
    process.sends += 1;
    process.sent.add(noRefund);
    const fault =
      this.#faultOf(process, noRefund, count, others) ??
      (signatures.size > (this.#world.settings.rotatesMerchantKey ? 2 : 1)
        ? 'two attempts were signed differently, and no key was rotated'
        : undefined);
    const own = { process, isOpen: true };
    this.#underWay.set(noRefund, [...others, own]);
    return {
      fault,
      close: () => {
        own.isOpen = false;
      },
    };
  }

  #faultOf(process: Process, noRefund: string, count: number, others: UnderWay[]): string | undefined {
    const { table, scheduler } = this.#world;
    const record = table.items.get(noRefund);
    if (!record) return 'something was sent before its record was written';
    if (count > (record.attempts ?? 0)) return `send ${count}, and ${record.attempts} attempts are recorded`;
    if (process.nowMs() < (this.#world.checks.heldByHand.get(noRefund) ?? 0))
      return 'something was sent that somebody holds by hand';
    if (process.nowMs() > process.deadlineMs) return 'something was sent after the deadline';
    const queried = process.queried.get(noRefund);
    if ((record.attempts ?? 0) > 1 && !queried?.isNotFound)
      return 'something was sent again without a "not found" before it';
    if (queried && !queried.isConfirmed)
      return 'something was sent on a "not found" without a write in between';
    const spokenOfAt = this.#spokenOf.get(noRefund) ?? Number.POSITIVE_INFINITY;
    if (hasMessage(record) && spokenOfAt < (process.lastWrites.get(noRefund) ?? 0))
      return 'something was sent although a signed message had spoken of it';
    const shown = process.shown.get(noRefund);
    if (shown !== 'REQUESTED') return `something was sent by a process that had read ${shown}`;
    const other = others.find(({ process, isOpen }) => isOpen && scheduler.nowMs < process.endsAtMs);
    return other && `two attempts under way at a time: ${other.process.name} and ${process.name}`;
  }
}

export const hasMessage = ({ unsettled, conflict }: Refund): boolean =>
  unsettled !== undefined || conflict !== undefined;
