import type { Refund, RefundStatus } from '../../../client/types.ts';
import { isOver, nextStepOf } from '../../../console/page/next-step.ts';
import { EN } from '../../../console/page/texts/en.ts';
import type { ExplainedEntry, Proof } from '../../../console/protocol.ts';
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

/** What the gateway's signatures prove. */
const proves = (status: RefundStatus, more: Partial<Proof> = {}): Proof => ({
  ...{ faults: [], messages: 2, status, ...more },
});

const entry = (code: string): ExplainedEntry => ({ at: AT, code, text: '' });

test.each<[RefundStatus, Partial<Refund>, string[], boolean]>([
  ['REQUESTED', check, ['nextRequested', 'nextCaller'], false],
  ['REQUESTED', {}, ['nextUnderWay', 'nextCaller'], false],
  ['REQUESTED', { ...exchange, ...check }, ['nextRequested', 'nextCaller'], false],
  // This service hasn't sent it, and never does.
  ['REQUESTED', { kind: 'external', ...check }, ['nextExternal'], false],
  ['INITIALIZED', check, ['nextWorking'], false],
  ['INITIALIZED', { ...exchange, ...check }, ['nextWorking', 'nextExchange'], false],
  ['PROCESSING', check, ['nextWorking'], false],
  ['PROCESSING', { ...exchange, ...check }, ['nextWorking', 'nextExchange'], false],
  ['PROCESSING', { kind: 'external', ...check }, ['nextWorking'], false],
  ['SUCCEEDED', {}, ['nextSucceeded'], true],
  ['SUCCEEDED', exchange, ['nextSucceeded'], true],
  ['SUCCEEDED', { kind: 'external' }, ['nextSucceeded'], true],
  ['FAILED', {}, ['nextFailed'], true],
  ['REJECTED', {}, ['nextRejected', 'nextRejectedQuery'], true],
  ['REJECTED', check, ['nextRejected', 'nextRejectedQuery', 'nextRejectedCheck'], false],
])('%s with %j', (status, more, says, over) => {
  const found = refund(status, more);
  expect(nextStepOf(found, [], proves(status))).toEqual({ says, ...(more.next_check_at && { at: AT }) });
  expect(isOver(found)).toBe(over);
});

/** What advises on money: it has or hasn't moved, or may be given back. */
const ON_MONEY = ['nextSucceeded', 'nextFailed'];

describe.each<RefundStatus>(['SUCCEEDED', 'FAILED'])('of money, for %s', (status) => {
  const other = status === 'FAILED' ? 'SUCCEEDED' : 'FAILED';

  test.each<[string, Proof]>([
    ['a fault', proves(status, { faults: ['3: the signature does not verify'] })],
    ['a fault and more to come', proves(status, { faults: ['3: it does not verify'], isSettling: true })],
    ['no status', { faults: [], messages: 0 }],
    ['no story', { faults: ['the story has no entries'], messages: 0 }],
    ['a story that is behind', proves('PROCESSING')],
    ['a story with another end', proves(other)],
  ])('nothing is said where the proof has %s', (_what, proof) => {
    expect(nextStepOf(refund(status), [], proof).says).toEqual(['nextUnproven']);
  });

  test('nothing is said while a fault may still dissolve', () => {
    expect(nextStepOf(refund(status), [], proves(status, { isSettling: true })).says).toEqual(['storyLate']);
  });

  test('what is said without keys says that nothing was checked', () => {
    const { says } = nextStepOf(refund(status), []);
    expect(says).toEqual([expect.stringMatching(ON_MONEY.join('|')), 'nextUnchecked']);
  });
});

test.each<RefundStatus>(['REQUESTED', 'INITIALIZED', 'PROCESSING', 'REJECTED'])(
  'of %s no proof is needed to say what happens next, and none says anything of money',
  (status) => {
    const says = nextStepOf(refund(status), []).says;
    expect(says).toEqual(nextStepOf(refund(status), [], proves('SUCCEEDED', { faults: ['1: a'] })).says);
    for (const key of [...ON_MONEY, 'nextUnchecked', 'nextUnproven']) expect(says).not.toContain(key);
  },
);

test('every status says something that the page has words for', () => {
  for (const status of STATUSES) {
    const { says } = nextStepOf(refund(status));
    expect(says.length).toBeGreaterThan(0);
    for (const key of says) expect(EN[key]).toMatch(/\w/);
  }
});

test('of a refund that needs attention, what to do is told in the words of the service, and of a conflict what not to do', () => {
  const conflict = { first: { received_at: AT }, latest: { received_at: AT } };
  const needs = { needs_attention: 'conflict', what_to_do: 'Ask LianLian.' } as const;
  expect(nextStepOf(refund('SUCCEEDED', { conflict, ...needs }), [], proves('SUCCEEDED'))).toEqual({
    says: ['nextConflict'],
    toDo: 'Ask LianLian.',
  });
  const denied = { needs_attention: 'denied', what_to_do: 'Ask LianLian.', ...check } as const;
  expect(nextStepOf(refund('PROCESSING', denied))).toEqual({ says: [], at: AT, toDo: 'Ask LianLian.' });
});

test.each<[string[], boolean]>([
  [['record.held'], true],
  [['record.held', 'check.begun'], true],
  [['record.held', 'record.hold_ended'], false],
  [['record.held', 'record.hold_ended', 'record.held'], true],
  [['check.begun'], false],
])('after %j it is held: %s', (codes, isHeld) => {
  const { says } = nextStepOf(refund('REQUESTED', check), codes.map(entry));
  expect(says).toEqual(isHeld ? ['nextHeld'] : ['nextRequested', 'nextCaller']);
});

test('a rejection is told with its code and the meaning of it, whatever reason the caller has given', () => {
  const rejected = { ret_code: '5006', reason: 'insufficient merchant balance' };
  const rejection = { code: '5006', reason: 'insufficient merchant balance' };
  expect(nextStepOf(refund('REJECTED', rejected))).toMatchObject({ rejection });
  const own = { ...rejected, reason: 'the parcel was late', rejection_reason: rejected.reason };
  expect(nextStepOf(refund('REJECTED', own))).toMatchObject({ rejection });
  expect(nextStepOf(refund('REQUESTED', rejected))).not.toHaveProperty('rejection');
  expect(nextStepOf(refund('REJECTED'))).not.toHaveProperty('rejection');
});

test('a refund that was paid after its rejection warns of a second payment, whatever else is told', () => {
  const paid = [entry('refund.rejected'), entry('refund.paid_after_rejection')];
  const saysOf = (proof?: Proof, more: Partial<Refund> = {}) =>
    nextStepOf(refund('SUCCEEDED', more), paid, proof).says;
  expect(saysOf(proves('SUCCEEDED'))).toEqual(['nextSucceeded', 'paidAfterRejection']);
  expect(saysOf()).toEqual(['nextSucceeded', 'nextUnchecked', 'paidAfterRejection']);
  expect(saysOf(proves('REJECTED'))).toEqual(['nextUnproven', 'paidAfterRejection']);
  const needs = { needs_attention: 'conflict', what_to_do: 'Ask LianLian.' } as const;
  expect(saysOf(proves('SUCCEEDED'), needs)).toEqual(['nextConflict', 'paidAfterRejection']);
});

test('while the story is on its way, nothing is said of money, and nobody is frightened', () => {
  const settling = { ...proves('PROCESSING'), isSettling: true };
  expect(nextStepOf(refund('FAILED'), [], settling).says).toEqual(['storyLate']);
});
