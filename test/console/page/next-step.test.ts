import type { Refund, RefundStatus } from '../../../client/types.ts';
import { isOver, nextStepOf } from '../../../console/page/next-step.ts';
import { EN } from '../../../console/page/texts/en.ts';
import { STATUSES } from '../../../shared/domain/life-cycle.ts';

const AT = '2026-11-26T01:00:00.000Z';

const refund = (status: RefundStatus, more: Partial<Refund> = {}): Refund => ({
  no_refund: 'r-1',
  kind: 'refund',
  status,
  version: 1,
  created_at: AT,
  updated_at: AT,
  ...more,
});

const check = { next_check_at: AT };
const exchange = { kind: 'exchange-refund' } as const;

test.each<[RefundStatus, Partial<Refund>, string[], boolean]>([
  ['REQUESTED', check, ['nextRequested'], false],
  ['REQUESTED', {}, ['nextUnderWay'], false],
  ['REQUESTED', { ...exchange, ...check }, ['nextRequested'], false],
  ['INITIALIZED', check, ['nextWorking'], false],
  ['INITIALIZED', { ...exchange, ...check }, ['nextWorking', 'nextExchange'], false],
  ['PROCESSING', check, ['nextWorking'], false],
  ['PROCESSING', { ...exchange, ...check }, ['nextWorking', 'nextExchange'], false],
  ['PROCESSING', { kind: 'external', ...check }, ['nextWorking'], false],
  ['SUCCEEDED', {}, ['nextSucceeded'], true],
  ['SUCCEEDED', exchange, ['nextSucceeded'], true],
  ['FAILED', {}, ['nextFailed'], true],
  ['REJECTED', {}, ['nextRejected'], true],
  ['REJECTED', check, ['nextRejected', 'nextRejectedCheck'], false],
])('%s with %j', (status, more, says, over) => {
  const found = refund(status, more);
  expect(nextStepOf(found)).toEqual({ says, ...(more.next_check_at && { at: AT }) });
  expect(isOver(found)).toBe(over);
});

test('every status says something that the page has words for', () => {
  for (const status of STATUSES) {
    const { says } = nextStepOf(refund(status));
    expect(says.length).toBeGreaterThan(0);
    for (const key of says) expect(EN[key]).toMatch(/\w/);
  }
});

test('what somebody has to do is told in the words of the service, and of a conflict nothing is promised', () => {
  const conflict = { first: { received_at: AT }, latest: { received_at: AT } };
  const needs = { needs_attention: 'conflict', what_to_do: 'Ask LianLian.' } as const;
  expect(nextStepOf(refund('SUCCEEDED', { conflict, ...needs }))).toEqual({
    says: [],
    toDo: 'Ask LianLian.',
  });
  const denied = { needs_attention: 'denied', what_to_do: 'Ask LianLian.', ...check } as const;
  expect(nextStepOf(refund('PROCESSING', denied))).toEqual({
    says: ['nextWorking'],
    at: AT,
    toDo: 'Ask LianLian.',
  });
});

test('a rejection is told with its code and the meaning of it, whatever reason the caller has given', () => {
  const rejected = { ret_code: '5006', reason: 'insufficient merchant balance' };
  const rejection = { code: '5006', reason: 'insufficient merchant balance' };
  expect(nextStepOf(refund('REJECTED', rejected))).toMatchObject({ rejection });
  const own = { ...rejected, reason: 'the parcel was late', rejection_reason: rejected.reason };
  expect(nextStepOf(refund('REJECTED', own))).toMatchObject({ rejection });
  expect(nextStepOf(refund('REQUESTED', rejected))).not.toHaveProperty('rejection');
});

test('a refund that was paid after its rejection warns of a second payment', () => {
  const paid = { at: AT, code: 'refund.paid_after_rejection', text: '' };
  expect(nextStepOf(refund('SUCCEEDED'), [paid]).says).toEqual(['nextSucceeded', 'paidAfterRejection']);
});
