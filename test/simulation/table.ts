import type { Changes, Counted, DueRefund, Expected, Written } from '../../shared/app/ports/store.ts';
import type { Refund } from '../../shared/domain/refund.ts';

interface IndexVersion {
  sinceMs: number;
  entry: DueRefund | undefined;
}

/** Without `after` the record was deleted. */
type OnWrite = (before: Refund | undefined, after: Refund | undefined) => void;

/** The items, and the index that lags behind them. Every write is atomic, as DynamoDB's are. */
export class Table {
  readonly items = new Map<string, Refund>();
  readonly #index = new Map<string, IndexVersion[]>();
  readonly #nowMs: () => number;
  readonly #onWrite: OnWrite;

  constructor(nowMs: () => number, onWrite: OnWrite) {
    this.#nowMs = nowMs;
    this.#onWrite = onWrite;
  }

  create(refund: Refund): Written {
    const known = this.items.get(refund.no_refund);
    if (known) return { written: false, refund: known };
    this.#put(undefined, present(refund));
    return { written: true, refund };
  }

  update(noRefund: string, expected: Expected, changes: Changes, counted: readonly Counted[]): Written {
    const before = this.items.get(noRefund);
    if (!before || !isAsExpected(before, expected)) return { written: false, refund: before };
    const sums = Object.fromEntries(counted.map((field) => [field, (before[field] ?? 0) + 1]));
    const refund = present({ ...before, ...changes, ...sums } as Refund);
    this.#put(before, refund);
    return { written: true, refund, before };
  }

  /** What the index showed at an earlier moment. */
  due(
    shard: string,
    untilMs: number,
    limit: number,
    after: DueRefund | undefined,
    asOfMs: number,
  ): DueRefund[] {
    const entries: DueRefund[] = [];
    for (const versions of this.#index.values()) {
      const entry = versions.findLast(({ sinceMs }) => sinceMs <= asOfMs)?.entry;
      if (entry && entry.shard === shard && entry.next_check_at <= untilMs) entries.push(entry);
    }
    entries.sort((a, b) => a.next_check_at - b.next_check_at || (a.no_refund < b.no_refund ? -1 : 1));
    const isPast = (entry: DueRefund) =>
      !after ||
      entry.next_check_at > after.next_check_at ||
      (entry.next_check_at === after.next_check_at && entry.no_refund > after.no_refund);
    return entries.filter(isPast).slice(0, limit);
  }

  countDue(shard: string, untilMs: number, asOfMs: number): number {
    return this.due(shard, untilMs, Number.POSITIVE_INFINITY, undefined, asOfMs).length;
  }

  /** The service never deletes a record; a person may. */
  delete(noRefund: string): void {
    const before = this.items.get(noRefund);
    this.items.delete(noRefund);
    this.#index.delete(noRefund);
    this.#onWrite(before, undefined);
  }

  /** When the index's present entry of a refund was written. */
  indexedSinceMs(noRefund: string): number {
    return this.#index.get(noRefund)?.at(-1)?.sinceMs ?? Number.POSITIVE_INFINITY;
  }

  #put(before: Refund | undefined, after: Refund): void {
    this.items.set(after.no_refund, after);
    const { no_refund, shard, next_check_at, check_wait } = after;
    const isIndexed = shard !== undefined && next_check_at !== undefined;
    const entry = isIndexed ? { no_refund, shard, next_check_at, check_wait } : undefined;
    const versions = this.#index.get(no_refund) ?? [];
    versions.push({ sinceMs: this.#nowMs(), entry });
    this.#index.set(no_refund, versions);
    this.#onWrite(before, after);
  }
}

function isAsExpected(refund: Refund, expected: Expected): boolean {
  return Object.entries(expected).every(([field, welcome]) =>
    (welcome as unknown[]).includes(refund[field as keyof Refund]),
  );
}

function present(refund: Refund): Refund {
  return Object.fromEntries(Object.entries(refund).filter(([, is]) => is !== undefined)) as unknown as Refund;
}
