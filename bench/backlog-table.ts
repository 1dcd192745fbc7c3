import type { ShardLeases } from '../shared/app/ports/runs.ts';
import type { Changes, Counted, DueRefund, Expected, Written } from '../shared/app/ports/store.ts';
import { SHARDS, shardOf } from '../shared/app/schedule.ts';
import type { Refund } from '../shared/domain/refund.ts';

const DAY_MS = 86_400_000;

/** What the gateway has answered of a refund whose notification was lost, or that it has never got. */
export type Kind = 'processing' | 'requested';

/** One part of the index. */
interface Part {
  /** The refunds that are due from the start, in their order. */
  readonly due: number[];
  /** How many of them, from the first on, are no more where they were. */
  gone: number;
  /** Those that have moved, until they are settled. */
  readonly moved: Map<string, DueRefund>;
}

/**
 * A table with so many refunds whose checks came due in the course of a day, and its index; and the leases. A refund
 * becomes an object when it is looked at, and is forgotten when it is settled: a million fit into memory.
 */
export class BacklogTable {
  settled = 0;
  /** Of each refund how often it has come to its end: never more than once. */
  readonly ends: Uint8Array;
  readonly leases: ShardLeases = leasesInMemory();
  readonly #changed = new Map<string, Refund>();
  readonly #parts = new Map<string, Part>(
    SHARDS.map((shard) => [shard, { due: [], gone: 0, moved: new Map() }]),
  );
  readonly #sinceMs: number;
  readonly #kindOf: (number: number) => Kind;
  readonly #places: Uint32Array;

  /** @param nowMs the day ends then, epoch milliseconds */
  constructor(count: number, nowMs: number, kindOf: (number: number) => Kind) {
    this.ends = new Uint8Array(count);
    this.#places = new Uint32Array(count);
    this.#sinceMs = nowMs - DAY_MS;
    this.#kindOf = kindOf;
    for (let number = 0; number < count; number += 1) {
      const { due } = this.#part(shardOf(nameOf(number)));
      this.#places[number] = due.push(number) - 1;
    }
  }

  update(noRefund: string, expected: Expected, changes: Changes, counted: readonly Counted[]): Written {
    const before = this.#changed.get(noRefund) ?? this.#pristine(noRefund);
    const isExpected = Object.entries(expected).every(([field, welcome]) =>
      (welcome as unknown[]).includes(before[field as keyof Refund]),
    );
    if (!isExpected) return { written: false, refund: before };
    const sums = Object.fromEntries(counted.map((field) => [field, (before[field] ?? 0) + 1]));
    const fields = Object.entries({ ...before, ...changes, ...sums }).filter(([, is]) => is !== undefined);
    const refund = Object.fromEntries(fields) as unknown as Refund;
    this.#changed.set(noRefund, refund);
    this.#index(before, refund);
    return { written: true, refund, before };
  }

  due(shard: string, nowMs: number, limit: number, after: DueRefund | undefined): DueRefund[] {
    const { due, gone, moved } = this.#part(shard);
    const page: DueRefund[] = [];
    const from = after ? after.next_check_at - this.#sinceMs : gone;
    for (let place = Math.max(from, gone); place < due.length && page.length < limit; place += 1) {
      const noRefund = nameOf(due[place] as number);
      if (!this.#isMoved(due[place] as number)) page.push(entryOf(this.#pristine(noRefund)));
    }
    if (page.length === limit) return page;
    const others = [...moved.values()].filter(
      ({ next_check_at }) => next_check_at <= nowMs && (!after || next_check_at > after.next_check_at),
    );
    others.sort((a, b) => a.next_check_at - b.next_check_at);
    return [...page, ...others].slice(0, limit);
  }

  countDue(shard: string, nowMs: number): number {
    const { due, gone, moved } = this.#part(shard);
    return (
      due.length - gone + [...moved.values()].filter(({ next_check_at }) => next_check_at <= nowMs).length
    );
  }

  #part(shard: string): Part {
    return this.#parts.get(shard) as Part;
  }

  #isMoved(number: number): boolean {
    return this.ends[number] !== 0 || this.#changed.has(nameOf(number));
  }

  #pristine(noRefund: string): Refund {
    const number = numberIn(noRefund);
    const dueAtMs = this.#sinceMs + (this.#places[number] as number) + 1;
    const createdAt = new Date(dueAtMs - 900_000).toISOString();
    const isProcessing = this.#kindOf(number) === 'processing';
    return {
      no_refund: noRefund,
      kind: 'refund',
      status: isProcessing ? 'PROCESSING' : 'REQUESTED',
      version: 1,
      oid_partner: '201408071000001539',
      money_refund: '200.10',
      no_order: `o-${noRefund}`,
      dt_refund: '20260105100000',
      notify_url: 'https://merchant.example/refund-notifications',
      created_at: createdAt,
      updated_at: createdAt,
      attempts: 1,
      attempt_id: 'an-attempt',
      last_attempt_at: dueAtMs - 900_000,
      shard: shardOf(noRefund),
      next_check_at: dueAtMs,
      check_wait: 900_000,
    };
  }

  #index(before: Refund, after: Refund): void {
    const { no_refund } = after;
    const part = this.#part(shardOf(no_refund));
    if (after.shard) part.moved.set(no_refund, entryOf(after));
    else {
      part.moved.delete(no_refund);
      this.#changed.delete(no_refund);
      this.settled += 1;
      this.ends[numberIn(no_refund)] = (this.ends[numberIn(no_refund)] ?? 0) + 1;
    }
    if (before.next_check_at === after.next_check_at) return;
    while (part.gone < part.due.length && this.#isMoved(part.due[part.gone] as number)) part.gone += 1;
  }
}

const nameOf = (number: number) => `b${number}`;
const numberIn = (noRefund: string) => Number(noRefund.slice(1));

const entryOf = ({ no_refund, shard = '', next_check_at = 0, check_wait }: Refund): DueRefund => ({
  no_refund,
  shard,
  next_check_at,
  check_wait,
});

function leasesInMemory(): ShardLeases {
  const held = new Map<string, { id: string; untilMs: number }>();
  return {
    acquire: async (shard, id, nowMs, untilMs) => {
      const lease = held.get(shard);
      if (lease && lease.untilMs >= nowMs && lease.id !== id) return false;
      held.set(shard, { id, untilMs });
      return true;
    },
    release: async (shard, id) => {
      if (held.get(shard)?.id === id) held.delete(shard);
    },
  };
}
