/** What a run hands over to another one: parts of the index, and when that other run must have ended, epoch milliseconds. */
export interface Share {
  shards: readonly string[];
  untilMs: number;
}

/** By which runs of reconciliation tell each other of a share, through an event bus. */
export const SHARE_SOURCE = 'lianlian.reconciliation';
export const SHARE_DETAIL_TYPE = 'Due Refunds Shared Out';

/** Starts another run of reconciliation, which may begin later, twice, or never. Rejects where it can't be started. */
export type StartRun = (share: Share) => Promise<void>;

/**
 * No run holds a lease for longer, milliseconds: the function's time-out (serverless.yml), and twice what clocks differ. One
 * that ends later was written by hand, or by a clock that is wrong, and counts for nothing.
 */
export const LONGEST_LEASE_MS = 250_000;

/**
 * Who checks what is due in a part of the index. Two runs in the same part would harm no refund: the lease keeps the
 * gateway from being called by both.
 */
export interface ShardLeases {
  /**
   * Acquires the lease, or acquires it once more under the same id; `false` where there is another one.
   *
   * @param id of this lease
   * @param nowMs epoch milliseconds, as `untilMs`, when the lease ends by itself
   * @throws ServiceUnavailable, or OutcomeUnknown, where the table is out of reach
   */
  acquire(shard: string, id: string, nowMs: number, untilMs: number): Promise<boolean>;
  /**
   * Ends the lease of this id, if it still holds.
   *
   * @throws the same
   */
  release(shard: string, id: string): Promise<void>;
}

/** Longer than the number of any refund can be. */
const LEASE_KEY = 'reconciliation-lease-of-the-shard-';

/** The key of the item that keeps a shard's lease. It is in the table of refunds, in none of its indexes, and no refund. */
export function leaseKey(shard: string): string {
  return LEASE_KEY + shard;
}

/** Whether a key of the table is that of such an item. */
export function isLeaseKey(key: unknown): boolean {
  return String(key).startsWith(LEASE_KEY);
}
