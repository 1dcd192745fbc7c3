import { InvalidRequest } from '../domain/errors.ts';
import { type ListRequest, readListRequest, type Selection } from '../domain/list-request.ts';
import type { Refund } from '../domain/refund.ts';
import { nextOf, type Position, positionIn } from './listing/next.ts';
import { readPage } from './listing/page.ts';
import { searchFor, startOf } from './listing/selected.ts';
import { sumsWith, type Totals, totalsOf } from './listing/totals.ts';
import type { ListContext } from './ports/lists.ts';

/** A page of a list. */
export interface Listed {
  refunds: Refund[];
  /** Of an order, on its last page. */
  totals?: Totals;
  /** How to go on; missing on the last page. */
  next?: string;
}

/**
 * Refunds, oldest first: those of an order, of a day, those that are open, or those that need attention.
 *
 * @throws InvalidRequest with every fault of the parameters; ServiceUnavailable
 */
export async function listRefunds(ctx: ListContext, input: unknown): Promise<Listed> {
  const { selection, limit, position } = readParameters(input);
  const { refunds, after, hasMore } = await readPage(ctx, searchFor(ctx.lists, selection, position), limit);
  const sums = position.sums && sumsWith(position.sums, refunds);
  if (hasMore) return { refunds, next: nextOf(nameOf(selection), { after, sums }) };
  return { refunds, ...(sums && { totals: totalsOf(sums) }) };
}

function readParameters(input: unknown): { selection: Selection; limit: number; position: Position } {
  const { request, issues } = readListRequest(input);
  const position = positionOf(request);
  if (typeof position === 'string') issues.push({ path: 'next', message: position });
  const { selection, limit } = request;
  if (!selection || typeof position === 'string' || issues.length > 0) throw new InvalidRequest(issues);
  return { selection, limit, position };
}

/** Where the page begins, or what is wrong with the caller's `next`. */
function positionOf({ selection, next }: ListRequest): Position | string {
  const start = selection && startOf(selection);
  if (next !== undefined) return positionIn(next, selection ? nameOf(selection) : '', start);
  return start ?? { after: [] };
}

/** Tells one list from every other. */
function nameOf(selection: Selection): string {
  return JSON.stringify(selection);
}
