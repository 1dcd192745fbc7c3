// Checked by the compiler alone: the client's types against those that the service answers with, and wrong uses.

import type { Issue, ReceivedMessage, ServiceErrorName } from '../../client/index.ts';
import {
  type Application,
  createRefundClient,
  type ErrorName,
  type KeptMessage,
  type ListQuery,
  type Outcome,
  type Problem,
  type ReadRefund,
  type Refund,
  type RefundEventDetail,
  type RefundInput,
  type StoryEntry,
  type Totals,
} from '../../client/index.ts';
import type { ErrorName as AnsweredName } from '../../schemas/errors.ts';
import type { ToldEntry } from '../../shared/app/history.ts';
import type { Totals as ToldTotals } from '../../shared/app/listing/totals.ts';
import type { RefundEvent } from '../../shared/app/ports/publishing.ts';
import type { Found } from '../../shared/app/query.ts';
import type { StoryFacts } from '../../shared/app/story/facts.ts';
import type * as errors from '../../shared/domain/errors.ts';
import type { LIST_FORMS, SELECTORS } from '../../shared/domain/list-request.ts';
import type { Problem as KeptProblem } from '../../shared/domain/problem.ts';
import type { KeptMessage as RecordedMessage } from '../../shared/domain/refund.ts';
import type { RefundView } from '../../shared/domain/refund-view.ts';
import type { COMPANIONS, REFUND_FORMS, REQUIRED_FIELDS } from '../../shared/domain/request-forms.ts';
import type { ReceivedMessage as EvidenceMessage } from '../../shared/domain/story.ts';

type Required<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];

/** Whether two types have the same keys, the same ones of them optional, of the same types. */
type Same<A, B> = [keyof A, Required<A>, A] extends [keyof B, Required<B>, B]
  ? [keyof B, Required<B>, B] extends [keyof A, Required<A>, A]
    ? true
    : false
  : false;

type Keys<T> = T extends unknown ? keyof T : never;

export const checks: true[] = [
  true satisfies Same<Refund, RefundView>,
  true satisfies Same<ReadRefund, RefundView & Omit<Found, 'refund'>>,
  true satisfies Same<RefundEventDetail, RefundEvent>,
  true satisfies Same<Problem, Omit<KeptProblem, 'code'>>,
  true satisfies Same<KeptMessage, RecordedMessage>,
  true satisfies Same<StoryEntry, Pick<ToldEntry, 'at' | 'code' | 'text'> & StoryFacts>,
  true satisfies Same<ReceivedMessage, EvidenceMessage>,
  true satisfies Same<Totals, ToldTotals>,
  true satisfies Same<Issue, errors.Issue>,
  true satisfies Same<Record<ServiceErrorName, 1>, Record<AnsweredName, 1>>,
  true satisfies Same<Record<keyof RefundInput, 1>, Record<keyof typeof REFUND_FORMS, 1>>,
  true satisfies Same<Record<Required<RefundInput>, 1>, Record<(typeof REQUIRED_FIELDS)[number], 1>>,
  true satisfies Same<Record<Keys<ListQuery>, 1>, Record<Exclude<keyof typeof LIST_FORMS, 'next'>, 1>>,
  true satisfies Same<
    Record<Exclude<Keys<ListQuery>, 'limit' | 'status'>, 1>,
    Record<(typeof SELECTORS)[number], 1>
  >,
  true satisfies Same<{ dt_order: 'no_order' }, typeof COMPANIONS>,
  // A difference is seen.
  // @ts-expect-error a key too many
  true satisfies Same<{ a: 1 }, { a: 1; b?: 2 }>,
  // @ts-expect-error optional in one of them
  true satisfies Same<{ a: 1 }, { a?: 1 }>,
  // @ts-expect-error another type
  true satisfies Same<{ a: 'x' }, { a: 'x' | 'y' }>,
];

const client = createRefundClient({ url: 'http://127.0.0.1:3000' });

export async function right(): Promise<string> {
  const both: Application = {
    no_refund: '1',
    money_refund: '1',
    no_order: '2',
    oid_paybill: '3',
    dt_order: '4',
  };
  const result: Outcome = await client.apply(both);
  switch (result.outcome) {
    case 'final':
      return result.refund.status satisfies 'SUCCEEDED' | 'FAILED';
    case 'open':
      return result.refund.no_refund;
    case 'conflict':
      return `${result.kind} ${result.issues.length}`;
    case 'rejected':
      return result.ret_code;
  }
}

export async function wrong(): Promise<void> {
  // @ts-expect-error the original payment is named by neither number
  await client.apply({ no_refund: '1', money_refund: '1' });
  // @ts-expect-error an amount is a text
  await client.apply({ no_refund: '1', money_refund: 1, no_order: '2' });
  // @ts-expect-error dt_order goes with no_order
  await client.apply({ no_refund: '1', money_refund: '1', oid_paybill: '2', dt_order: '3' });
  // @ts-expect-error no such field
  await client.apply({ no_refund: '1', money_refund: '1', no_order: '2', amount: '1' });
  const result = await client.applyExchange({ no_refund: '1', money_refund: '1', no_order: '2' });
  // @ts-expect-error a rejection has no refund
  result.refund;
  // @ts-expect-error no such outcome
  if (result.outcome === 'failed') return;
  // @ts-expect-error a list is of one kind
  client.list({});
  // @ts-expect-error a list is of one kind alone
  client.list({ open: true, no_order: '1' });
  // @ts-expect-error status goes with day
  client.list({ open: true, status: 'FAILED' });
  // @ts-expect-error open is true, or left out
  client.list({ open: false });
  // @ts-expect-error without a time, one could wait for ever
  await client.waitForEnd('1', {});
  // @ts-expect-error no such error
  'Unavailable' satisfies ErrorName;
  // @ts-expect-error credentials have two parts at least
  createRefundClient({ url: 'x', region: 'ap-east-1', credentials: { accessKeyId: 'x' } });
}
