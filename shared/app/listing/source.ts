import type { Lists, Part, Place } from '../ports/lists.ts';

/** A refund that a list comes to, and the part of the list that it is in. */
export interface Entry extends Place {
  part: number;
}

/** The refunds of a list in their order. */
export interface Source {
  /** The next ones. Fewer than `count` only where the list ends. */
  take(count: number): Promise<Entry[]>;
}

/** What is known of a part's refunds, but not taken yet. */
interface Queue {
  part: Part;
  places: Place[];
  after: Place | undefined;
  isEnded: boolean;
}

/** The order of refunds in a list: `created_at`, ISO 8601, and for those of one moment the number. */
export function byAge(one: Place, other: Place): number {
  return compared(one.created_at, other.created_at) || compared(one.no_refund, other.no_refund);
}

function compared(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/**
 * The refunds of several parts, merged. Of each part it goes on after a place of its own: many refunds may have the same
 * `created_at`, and an index sorts those in an order of its own.
 */
export function merged(lists: Lists, parts: readonly Part[], after: readonly (Place | undefined)[]): Source {
  const queues: Queue[] = parts.map((part, at) => ({ part, places: [], after: after[at], isEnded: false }));
  return {
    take: async (count) => {
      const entries: Entry[] = [];
      // Some more than an equal share of each: parts are not equally full.
      const share = Math.min(count, Math.ceil((2 * count) / parts.length) + 1);
      while (entries.length < count) {
        await Promise.all(queues.map((queue) => refill(lists, queue, share)));
        const oldest = indexOfOldest(queues);
        const place = queues[oldest]?.places.shift();
        if (!place) break;
        entries.push({ ...place, part: oldest });
      }
      return entries;
    },
  };
}

async function refill(lists: Lists, queue: Queue, limit: number): Promise<void> {
  if (queue.places.length > 0 || queue.isEnded) return;
  const places = await lists.places(queue.part, limit, queue.after);
  queue.places.push(...places);
  queue.after = places.at(-1);
  queue.isEnded = places.length < limit;
}

/** The queue whose first place is the oldest; -1: all are empty. */
function indexOfOldest(queues: readonly Queue[]): number {
  let oldest = -1;
  let first: Place | undefined;
  for (const [at, { places }] of queues.entries()) {
    const [place] = places;
    if (!place || (first && byAge(first, place) <= 0)) continue;
    oldest = at;
    first = place;
  }
  return oldest;
}
