import type { Attention, GatewayFacts, Refund, RefundKind, RefundStatus } from './types.ts';

/** A verified message to the letter, as evidence. */
export interface ReceivedMessage {
  text: string;
  via: 'answer' | 'query' | 'notification';
  received_at: string;
}

/** One thing that happened to a refund. Which facts it has, its `code` decides. */
export interface StoryEntry extends GatewayFacts {
  at: string;
  /** Stable: docs/stories.md has the codes. */
  code: string;
  /** For people. */
  text: string;
  status?: RefundStatus;
  /** The status before. */
  from?: RefundStatus;
  kind?: RefundKind;
  money_refund?: string;
  no_order?: string;
  oid_paybill?: string;
  dt_refund?: string;
  reference?: string;
  reason?: string;
  requested_by?: string;
  requested_by_iam?: string;
  claimed_sta_refund?: string;
  claimed_oid_refundno?: string;
  attempt?: number;
  next_check_at?: string;
  until?: string;
  fields?: string[];
  error?: string;
  needs_attention?: Attention;
  what_to_do?: string;
  message?: ReceivedMessage;
}

/** By what a list is selected. */
interface Selectors {
  no_order: string;
  oid_paybill: string;
  /** `yyyymmdd`, UTC+8. */
  day: string;
  open: true;
  attention: true;
}

type One<K extends keyof Selectors> = Pick<Selectors, K> & {
  [Other in Exclude<keyof Selectors, K>]?: never;
};

type Selection =
  | (One<'day'> & { status?: RefundStatus })
  | ((One<'no_order'> | One<'oid_paybill'> | One<'open'> | One<'attention'>) & { status?: never });

/** A list: exactly one of the selectors, `status` with `day` alone. `limit`: refunds on a page at most, 1 to 100. */
export type ListQuery = Selection & { limit?: number };

/** CNY yuan with two decimals. */
export interface Totals {
  succeeded: string;
  open: string;
  failed: string;
  rejected: string;
}

/** A page of a list. It may be short or empty, and others follow all the same. */
export interface RefundPage {
  refunds: Refund[];
  /** Of an order or a payment, on the last page. */
  totals?: Totals;
  /** There are more pages: the list goes on from here. */
  next?: string;
}

interface Page {
  next?: string;
}

/** Reads page after page, until one has no `next`; from the beginning, or from where a page before ended. */
export async function* pagesOf<P extends Page>(read: (next?: string) => Promise<P>, begin?: string) {
  let next = begin;
  do {
    const page = await read(next);
    yield page;
    next = page.next;
  } while (next !== undefined);
}
