import { leaseUntil } from '../attempt/lease.ts';
import type { ReconcileContext } from '../ports/context.ts';
import { SHARDS } from '../schedule.ts';
import type { Pace } from './pace.ts';

/**
 * The parts of the index whose leases a run holds. Each brings its part of the limits for the gateway, and all parts
 * together have the whole: however many runs there are, the gateway is called no more often.
 */
export class HeldShards {
  readonly #ctx: ReconcileContext;
  readonly #pace: Pace;
  /** The shards, each with the id of its lease: a new one each time, since a release may arrive late. */
  readonly #shards = new Map<string, string>();

  constructor(ctx: ReconcileContext, pace: Pace) {
    this.#ctx = ctx;
    this.#pace = pace;
  }

  has(shard: string): boolean {
    return this.#shards.has(shard);
  }

  /** Acquires a lease until the run must have ended; `false` where another run holds it. Throws where the table does. */
  async acquire(shard: string): Promise<boolean> {
    const { leases, clock, newAttemptId } = this.#ctx;
    const id = newAttemptId();
    const isAcquired = await leases.acquire(shard, id, clock.nowMs(), leaseUntil(this.#ctx));
    if (isAcquired) this.#shards.set(shard, id);
    this.#setShare();
    return isAcquired;
  }

  /** Releases leases of which no check is under way any more: first the run calls less, then others may call more. */
  async release(shards: readonly string[] = [...this.#shards.keys()]): Promise<void> {
    const { leases, log } = this.#ctx;
    const released = [...this.#shards].filter(([shard]) => shards.includes(shard));
    for (const [shard] of released) this.#shards.delete(shard);
    this.#setShare();
    await this.#pace.fits();
    const failed = (error: unknown) => log('reconciliation.lease_kept', { error: String(error) });
    await Promise.all(released.map(([shard, id]) => leases.release(shard, id).catch(failed)));
  }

  #setShare(): void {
    this.#pace.setShare(this.#shards.size / SHARDS.length);
  }
}
