import { LONGEST_LEASE_MS } from '../../shared/app/ports/runs.ts';

/** The leases of the index's parts, as the table keeps them. */
export class Leases {
  readonly #held = new Map<string, { id: string; untilMs: number }>();

  acquire(shard: string, id: string, nowMs: number, untilMs: number): boolean {
    const held = this.#held.get(shard);
    const isBelieved = held && held.untilMs >= nowMs && held.untilMs <= nowMs + LONGEST_LEASE_MS;
    if (isBelieved && held.id !== id) return false;
    this.#held.set(shard, { id, untilMs });
    return true;
  }

  release(shard: string, id: string): void {
    if (this.#held.get(shard)?.id === id) this.#held.delete(shard);
  }

  /** When the lease of a shard ends by itself; 0 where nobody holds it. */
  untilMs(shard: string): number {
    return this.#held.get(shard)?.untilMs ?? 0;
  }
}
