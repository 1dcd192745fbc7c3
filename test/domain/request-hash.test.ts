import fc from 'fast-check';
import { readRefundRequest } from '../../shared/domain/refund-request.ts';
import { complete, defaults, least } from './valid-request.ts';

const hashOf = (input: object, atMs = defaults.nowMs) =>
  readRefundRequest('refund', input, { ...defaults, nowMs: atMs }).hash;

test.each([
  ['at another time', hashOf(least, 0), hashOf(least, 1_000_000)],
  ['with a task token', hashOf(least), hashOf({ ...least, task_token: 'first' })],
  [
    'with another task token',
    hashOf({ ...least, task_token: 'first' }),
    hashOf({ ...least, task_token: 'second' }),
  ],
  [
    'with the amount written shorter',
    hashOf({ ...least, money_refund: '200.10' }),
    hashOf({ ...least, money_refund: '200.1' }),
  ],
  [
    'without decimals',
    hashOf({ ...least, money_refund: '200.00' }),
    hashOf({ ...least, money_refund: '200' }),
  ],
  ['with the merchant named', hashOf(least), hashOf({ ...least, oid_partner: defaults.oidPartner })],
])('a request is the same %s', (_what, one, other) => {
  expect(one).toBe(other);
});

test('the order of the fields is no part of a request', () => {
  const fields = Object.entries(complete);
  fc.assert(
    fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
      expect(hashOf(Object.fromEntries(shuffled))).toBe(hashOf(complete));
    }),
  );
});

test.each([
  ['the amount', { ...complete, money_refund: '200.02' }],
  ['the payment number', { ...complete, oid_paybill: '2' }],
  ['the order number', { ...complete, no_order: '2' }],
  ['the order date', { ...complete, dt_order: '20130515094014' }],
  ['the refund date', { ...complete, dt_refund: '20130515094019' }],
  ['the URL', { ...complete, notify_url: 'https://merchant.example/' }],
])('a request is another one by %s', (_what, input) => {
  expect(hashOf(input)).not.toBe(hashOf(complete));
});

test('two fields that change places make another request', () => {
  const { no_order, oid_paybill } = complete;
  expect(hashOf({ ...complete, no_order: oid_paybill, oid_paybill: no_order })).not.toBe(hashOf(complete));
});

test('the same fields are another request through the other API', () => {
  expect(readRefundRequest('exchange-refund', complete, defaults).hash).not.toBe(hashOf(complete));
});

test('settings that change later make no other request of a repetition', () => {
  const moved = { ...defaults, notifyUrl: 'https://moved.example/' };
  expect(readRefundRequest('refund', least, moved).hash).toBe(hashOf(least));
});
