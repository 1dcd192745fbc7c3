import type { Totals } from '../shared/app/listing/totals.ts';
import { DEFAULT_LIMIT, LIST_FORMS, MAX_LIMIT } from '../shared/domain/list-request.ts';
import { MESSAGE_FORMS } from '../shared/domain/verified-message.ts';
import type { PageView } from '../shared/entry/list.ts';
import { type Described, listOf, named, objectOf, type Schema, text } from './described.ts';
import { status } from './statuses.ts';

const money = text(MESSAGE_FORMS.money_refund);

const TOTALS: Described<Totals> = {
  succeeded: { of: money, required: true, says: 'Refunded.', example: '2.00' },
  open: { of: money, required: true, says: 'What may still be paid.', example: '0.00' },
  failed: { of: money, required: true, says: 'Failed.', example: '1.00' },
  rejected: { of: money, required: true, says: 'Rejected.', example: '0.00' },
};

/** A page of a list. */
export const PAGE: Described<PageView> = {
  refunds: { of: listOf(named('Refund')), required: true, says: 'Oldest first.' },
  totals: {
    of: objectOf('CNY yuan with two decimals.', TOTALS),
    says: 'Of an order, on its last page: what all its refunds sum up to, those of the pages before included.',
  },
  next: { of: text(), says: 'There are more: send it as the parameter next, unchanged.' },
};

/** The schema and the meaning of each parameter. */
const PARAMETERS: Record<keyof typeof LIST_FORMS, { schema: Schema; says: string }> = {
  no_order: {
    schema: text(LIST_FORMS.no_order).schema,
    says: 'Every refund that was applied for with that number of the order. The last page has `totals`.',
  },
  oid_paybill: {
    schema: text(LIST_FORMS.oid_paybill).schema,
    says: 'Every refund that was applied for with that number of the payment. The last page has `totals`.',
  },
  day: {
    schema: text(LIST_FORMS.day).schema,
    says: 'The refunds that the service recorded on a real day, yyyymmdd in UTC+8.',
  },
  open: {
    schema: { type: 'boolean', enum: [true] },
    says: 'Those that the service still carries to their end.',
  },
  attention: { schema: { type: 'boolean', enum: [true] }, says: 'Those with a `needs_attention`.' },
  status: { schema: status.schema, says: 'With `day`: only those of this status.' },
  limit: {
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    says: 'How many a page has at most.',
  },
  next: {
    schema: text(LIST_FORMS.next).schema,
    says: 'The `next` of the page before, unchanged. The other parameters stay the same, but for `limit`.',
  },
};

/** The parameters of a list, as OpenAPI has them. */
export const listParameters: Schema[] = Object.entries(PARAMETERS).map(([name, { schema, says }]) => ({
  name,
  in: 'query',
  description: says,
  schema,
}));
