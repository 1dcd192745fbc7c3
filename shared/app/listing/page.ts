import type { Refund } from '../../domain/refund.ts';
import type { ListContext, Place } from '../ports/lists.ts';
import type { Entry, Source } from './source.ts';

/** A page of a list, and how far the list was looked at for it. */
export interface Page {
  refunds: Refund[];
  after: readonly (Place | undefined)[];
  /** Whether there are more, or may be. */
  hasMore: boolean;
}

/** How the refunds of a list are found. */
export interface Search {
  source: Source;
  /** Whether the list has a refund that the source came to, by its record and the part that it was found in. */
  has(refund: Refund, part: number): boolean;
  after: readonly (Place | undefined)[];
}

/** The most records that are read at once. */
const MAX_READ = 100;

/** How many times records are read for one page, where most of them are not in the list. */
const MAX_ROUNDS = 20;

/** With less time left, milliseconds, the page ends with what was found: one round takes some tens as a rule. */
const ROUND_MS = 5_000;

/**
 * Reads refunds until the page is full and one more is found, so that a page that says that there are more is right. Where
 * that takes too long, the page is short, and the next one goes on.
 *
 * @throws ServiceUnavailable
 */
export async function readPage(ctx: ListContext, search: Search, limit: number): Promise<Page> {
  const seen: Entry[] = [];
  const found: { refund: Refund; seen: number }[] = [];
  for (let round = 0; ; round += 1) {
    // The fewer are in the list, the more are read at once.
    const count = Math.min(MAX_READ, (limit + 1 - found.length) * 2 ** round);
    const entries = await search.source.take(count);
    const records = await recordsOf(ctx, entries);
    for (const entry of entries) {
      seen.push(entry);
      const refund = records.get(entry.no_refund);
      if (refund && search.has(refund, entry.part)) found.push({ refund, seen: seen.length });
    }
    const isEnd = entries.length < count;
    if (found.length > limit || isEnd || !hasRound(ctx, round + 1))
      return pageOf(search, seen, found, limit, isEnd);
  }
}

function hasRound({ clock, deadlineMs }: ListContext, round: number): boolean {
  return round < MAX_ROUNDS && clock.nowMs() + ROUND_MS <= deadlineMs;
}

async function recordsOf({ lists }: ListContext, entries: readonly Entry[]): Promise<Map<string, Refund>> {
  if (entries.length === 0) return new Map();
  // One refund may be in two parts of a list.
  const numbers = [...new Set(entries.map(({ no_refund }) => no_refund))];
  const records = await lists.records(numbers);
  return new Map(records.map((refund) => [refund.no_refund, refund]));
}

function pageOf(
  search: Search,
  seen: readonly Entry[],
  found: readonly { refund: Refund; seen: number }[],
  limit: number,
  isEnd: boolean,
): Page {
  const isFull = found.length > limit;
  const after = [...search.after];
  for (const { part, ...place } of seen.slice(0, isFull ? found[limit - 1]?.seen : undefined))
    after[part] = place;
  return { refunds: found.slice(0, limit).map(({ refund }) => refund), after, hasMore: isFull || !isEnd };
}
