import type { Process } from './process.ts';
import type { World } from './world.ts';

interface UnderWay {
  process: Process;
  isOpen: boolean;
}

/** Watches every application that leaves a process. */
export class Sends {
  readonly #world: World;
  readonly #underWay = new Map<string, UnderWay[]>();
  readonly #signatures = new Map<string, Set<string>>();
  readonly #counts = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
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
    const fault =
      this.#faultOf(process, noRefund, count, others) ??
      (signatures.size > (this.#world.climate.rotatesMerchantKey ? 2 : 1)
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
    if (process.nowMs() > process.deadlineMs) return 'something was sent after the deadline';
    const shown = process.shown.get(noRefund);
    if (shown !== 'REQUESTED') return `something was sent by a process that had read ${shown}`;
    const other = others.find(({ process, isOpen }) => isOpen && scheduler.nowMs < process.endsAtMs);
    return other && `two attempts under way at a time: ${other.process.name} and ${process.name}`;
  }
}
