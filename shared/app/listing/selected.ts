import { isOpen } from '../../domain/life-cycle.ts';
import type { Selection } from '../../domain/list-request.ts';
import type { Refund } from '../../domain/refund.ts';
import type { Lists, Part } from '../ports/lists.ts';
import { dayShards } from '../schedule.ts';
import type { Position } from './next.ts';
import type { Search } from './page.ts';
import { merged } from './source.ts';
import { NO_SUMS } from './totals.ts';
import { oldestUnfinished } from './unfinished.ts';

/** Every value of `attention`: each is a part of its index. */
const ATTENTIONS = Object.keys({
  denied: true,
  too_old_to_resend: true,
  duplicate_not_found: true,
} satisfies Record<NonNullable<Refund['attention']>, true>);

const IN_CONFLICT: Part = { field: 'in_conflict', value: 'yes' };

/** Where the refunds of a list are; empty: all over the index of due refunds. */
function partsOf(selection: Selection): Part[] {
  switch (selection.by) {
    case 'day':
      return dayShards(selection.value).map((value) => ({ field: 'day_shard', value }));
    case 'attention':
      return [...ATTENTIONS.map((value): Part => ({ field: 'attention', value })), IN_CONFLICT];
    case 'open':
      return [];
    default:
      return [{ field: selection.by, value: selection.value }];
  }
}

/** Whether a list has a refund that was found in a part of it, by its record. */
function has(selection: Selection, part: Part | undefined, refund: Refund): boolean {
  switch (selection.by) {
    case 'day':
      return selection.status === undefined || refund.status === selection.status;
    case 'attention':
      // The index may lag, and one that is in conflict too is listed once.
      return part === IN_CONFLICT
        ? refund.in_conflict !== undefined
        : refund.attention === part?.value && refund.in_conflict === undefined;
    case 'open':
      // A rejected refund is watched for some days.
      return isOpen(refund.status);
    default:
      return true;
  }
}

/** Where a list begins. */
export function startOf(selection: Selection): Position {
  const parts = Math.max(1, partsOf(selection).length);
  const isOrder = selection.by === 'no_order' || selection.by === 'oid_paybill';
  return { after: Array(parts).fill(undefined), ...(isOrder && { sums: NO_SUMS }) };
}

/** How a list is read from a position on. */
export function searchFor(lists: Lists, selection: Selection, { after }: Position): Search {
  const parts = partsOf(selection);
  const isOpenList = parts.length === 0;
  return {
    source: isOpenList ? oldestUnfinished(lists, after[0]) : merged(lists, parts, after),
    has: (refund, part) => has(selection, parts[part], refund),
    after,
  };
}
