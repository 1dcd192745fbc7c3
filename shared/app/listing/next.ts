import { MALFORMED_NEXT } from '../../domain/list-request.ts';
import type { Place } from '../ports/lists.ts';
import { isSums, type Sums } from './totals.ts';

/** How far a list has been handed out. */
export interface Position {
  /** Of each part the last refund that was looked at; missing: none yet. */
  after: readonly (Place | undefined)[];
  /** Where the list has totals: those of the refunds so far. */
  sums?: Sums | undefined;
}

/** What a `next` holds. */
interface Content {
  /** The list that it goes on with. */
  list: string;
  /** `created_at` and `no_refund`. */
  after: ([string, string] | null)[];
  sums?: Sums;
}

const FOREIGN =
  'belongs to another list: repeat the parameters of the page before, where only limit may change, or leave next out ' +
  'to begin with the first page';

/** The text by which a caller goes on after a page. `list` tells the list from every other. */
export function nextOf(list: string, { after, sums }: Position): string {
  const places = after.map((place) => (place ? [place.created_at, place.no_refund] : null));
  return Buffer.from(JSON.stringify({ list, after: places, sums })).toString('base64url');
}

/**
 * The position in the text that a caller has sent.
 *
 * @param start the position where the list begins, which has the same form; missing where it isn't known which list is
 *   meant
 * @returns what is wrong with the text, where something is
 */
export function positionIn(next: string, list: string, start: Position | undefined): Position | string {
  const content = contentIn(next);
  if (!content) return MALFORMED_NEXT;
  const after = content.after.map((place) => place && { created_at: place[0], no_refund: place[1] });
  const position = { after: after.map((place) => place ?? undefined), sums: content.sums };
  if (!start) return position;
  if (content.list !== list) return FOREIGN;
  const fits = after.length === start.after.length && Boolean(content.sums) === Boolean(start.sums);
  return fits ? position : MALFORMED_NEXT;
}

/** Whoever calls may have changed anything in it. */
function contentIn(next: string): Content | undefined {
  const content = parsed(Buffer.from(next, 'base64url').toString()) as Partial<Content> | null | undefined;
  const { list, after, sums } = content ?? {};
  const isSound =
    typeof list === 'string' &&
    Array.isArray(after) &&
    after.every((place) => place === null || isPlace(place)) &&
    (sums === undefined || isSums(sums));
  return isSound ? { list, after, sums } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const CREATED_AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The table refuses a key that isn't text of Unicode characters. */
const NO_REFUND = /^[^\p{Cs}]{1,32}$/u;

function isPlace(place: unknown): place is [string, string] {
  if (!Array.isArray(place) || place.length !== 2) return false;
  const [createdAt, noRefund] = place;
  return (
    typeof createdAt === 'string' &&
    CREATED_AT.test(createdAt) &&
    typeof noRefund === 'string' &&
    NO_REFUND.test(noRefund)
  );
}
