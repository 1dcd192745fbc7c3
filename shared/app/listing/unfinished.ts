import type { Lists, Place } from '../ports/lists.ts';
import { SHARDS } from '../schedule.ts';
import { byAge, type Source } from './source.ts';

/** How many places one reading of the index keeps: what several pages need, and no more than fits in memory. */
const KEPT = 500;

/**
 * The refunds of the index of due refunds, oldest first. That index is sorted by the next check, since an index by age
 * would cost each refund two more writes: the whole of it is read, and the oldest are kept.
 */
export function oldestUnfinished(lists: Lists, after: Place | undefined): Source {
  let kept: Place[] = [];
  let last = after;
  let isAllRead = false;
  return {
    take: async (count) => {
      if (kept.length < count && !isAllRead) {
        kept = await oldestAfter(lists, last);
        isAllRead = kept.length < KEPT;
      }
      const taken = kept.slice(0, count);
      kept = kept.slice(count);
      last = taken.at(-1) ?? last;
      return taken.map((place) => ({ ...place, part: 0 }));
    },
  };
}

async function oldestAfter(lists: Lists, after: Place | undefined): Promise<Place[]> {
  let oldest: Place[] = [];
  const read = async (shard: string) => {
    for await (const places of lists.unfinished(shard)) {
      const later = places.filter((place) => !after || byAge(place, after) > 0);
      oldest = [...oldest, ...later].sort(byAge).filter(isFirst).slice(0, KEPT);
    }
  };
  await Promise.all(SHARDS.map(read));
  return oldest;
}

/** A refund whose check is postponed meanwhile may be read twice. */
function isFirst({ no_refund }: Place, at: number, sorted: readonly Place[]): boolean {
  return at === 0 || sorted[at - 1]?.no_refund !== no_refund;
}
