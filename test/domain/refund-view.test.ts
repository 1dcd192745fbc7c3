import type { Refund } from '../../shared/domain/refund.ts';
import { viewOf } from '../../shared/domain/refund-view.ts';

const refund: Refund = {
  no_refund: '1',
  kind: 'refund',
  status: 'REQUESTED',
  version: 1,
  created_at: '2026-01-02T03:04:05.000Z',
  updated_at: '2026-01-02T03:04:06.000Z',
};

test.each([
  ['REQUESTED', { ret_code: '9999', ret_msg: '系统异常' }, { ret_code: '9999', ret_msg: '系统异常' }],
  ['REJECTED', { ret_code: '5006', ret_msg: '余额不足' }, { ret_code: '5006', ret_msg: '余额不足' }],
  ['INITIALIZED', { ret_code: '0000', ret_msg: '交易成功' }, {}],
  ['PROCESSING', { ret_code: '0000', ret_msg: '交易成功' }, {}],
  ['SUCCEEDED', { ret_code: '0000', ret_msg: '交易成功' }, {}],
  ['FAILED', { ret_code: '0000', ret_msg: '交易成功' }, {}],
] as const)(
  'of %s the code and its text are shown where they say more than the status',
  (status, code, shown) => {
    const { ret_code, ret_msg } = viewOf({ ...refund, status, ...code });
    expect({ ret_code, ret_msg }).toEqual({ ret_code: undefined, ret_msg: undefined, ...shown });
  },
);

test('a rejection has its reason in English, beside the reason of the caller', () => {
  const rejected: Refund = { ...refund, status: 'REJECTED', ret_code: '5006' };
  expect(viewOf(rejected)).toMatchObject({ reason: 'insufficient merchant balance' });
  expect(viewOf({ ...rejected, reason: '客户退货' })).toMatchObject({
    reason: '客户退货',
    rejection_reason: 'insufficient merchant balance',
  });
  expect(viewOf(refund)).not.toHaveProperty('reason');
});

test('times are ISO 8601 in UTC, and a final refund has no next check', () => {
  const times = { last_attempt_at: 1_767_323_045_000, next_check_at: 1_767_323_945_000 };
  expect(viewOf({ ...refund, ...times })).toMatchObject({
    last_attempt_at: '2026-01-02T03:04:05.000Z',
    next_check_at: '2026-01-02T03:19:05.000Z',
  });
  expect(viewOf({ ...refund, ...times, status: 'FAILED' })).not.toHaveProperty('next_check_at');
});

test.each([
  [{}, undefined],
  [{ attention: 'denied' }, 'denied'],
  [{ attention: 'too_old_to_resend' }, 'too_old_to_resend'],
  [{ attention: 'duplicate_not_found' }, 'duplicate_not_found'],
  [{ conflict: { first: { received_at: '' }, latest: { received_at: '' } } }, 'conflict'],
  [
    { attention: 'denied', conflict: { first: { received_at: '' }, latest: { received_at: '' } } },
    'conflict',
  ],
] as const)('%j needs attention: %s, with what to do', (more, attention) => {
  const { needs_attention, what_to_do } = viewOf({ ...refund, ...more });
  expect(needs_attention).toBe(attention);
  expect(Boolean(what_to_do)).toBe(attention !== undefined);
});

test.each([
  [{ conflict: { first: { received_at: '' }, latest: { received_at: '' } } }, /may have been paid twice/],
  [{ attention: 'denied' }, /ask LianLian/],
  [{ attention: 'too_old_to_resend' }, /apply again, unchanged/],
  [{ attention: 'duplicate_not_found' }, /ask LianLian/],
] as const)('what to do about %j never leads to a second payment', (more, words) => {
  const { what_to_do } = viewOf({ ...refund, ...more });
  expect(what_to_do).toMatch(words);
  expect(what_to_do).not.toMatch(/new number|another number/);
});

test('nothing of the attempt protocol, and no task token, is shown', () => {
  const internal = {
    attempt_id: 'x',
    lease_until: 1,
    doubt: true,
    shard: '1',
    check_wait: 1,
    task_token: 'x',
    task_tokens: 1,
    unsettled: true as const,
    claimed_oid_refundno: 'x',
    applied_at: 1,
    conflicts: 1,
    attention: 'denied' as const,
  };
  const shown = Object.keys(viewOf({ ...refund, ...internal }));
  expect(shown.filter((field) => field in internal)).toEqual([]);
});

test('a time that somebody has overwritten with a text is left out', () => {
  const broken = { ...refund, status: 'REQUESTED', next_check_at: 'soon', last_attempt_at: 'never' } as never;
  expect(viewOf({ ...refund, status: 'REQUESTED', next_check_at: 9e15 })).not.toHaveProperty('next_check_at');
  expect(Object.keys(viewOf(broken))).not.toEqual(expect.arrayContaining(['next_check_at']));
  expect(viewOf(broken)).toMatchObject({ no_refund: refund.no_refund, status: 'REQUESTED' });
});
