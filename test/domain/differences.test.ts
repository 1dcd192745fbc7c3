import fc from 'fast-check';
import { differencesFrom } from '../../shared/domain/differences.ts';
import type { AppliedKind, Refund } from '../../shared/domain/refund.ts';
import { readRefundRequest } from '../../shared/domain/refund-request.ts';
import { complete, defaults, least } from './valid-request.ts';

/** The record that a first application made. */
function recordOf(input: object, kind: AppliedKind = 'refund'): Refund {
  const { no_refund, fields } = readRefundRequest(kind, input, defaults);
  return { no_refund, kind, status: 'REQUESTED', version: 1, created_at: '', updated_at: '', ...fields };
}

const later = { ...defaults, nowMs: defaults.nowMs + 86_400_000, notifyUrl: 'https://moved.example/' };

function differences(recorded: Refund, input: object, kind: AppliedKind = 'refund') {
  return differencesFrom(recorded, readRefundRequest(kind, input, later));
}

const paths = (...of: Parameters<typeof differences>) => differences(...of).map(({ path }) => path);

test.each([
  ['later, after a change of the settings', least, least],
  ['with a task token', least, { ...least, task_token: 'first' }],
  [
    'with the amount written shorter',
    { ...least, money_refund: '200.10' },
    { ...least, money_refund: '200.1' },
  ],
  ['without decimals', { ...least, money_refund: '200.00' }, { ...least, money_refund: '200' }],
  ['with the merchant named', least, { ...least, oid_partner: defaults.oidPartner }],
  [
    'with what the service had filled in',
    least,
    { ...least, dt_refund: '20261122235959', notify_url: defaults.notifyUrl },
  ],
])('a repetition is the same request %s', (_what, first, again) => {
  expect(differences(recordOf(first), again)).toEqual([]);
});

test('a field that is left out matches', () => {
  const { no_order, dt_order, dt_refund, notify_url, oid_partner, task_token, ...some } = complete;
  expect(differences(recordOf(complete), some)).toEqual([]);
});

test('the order of the fields does not matter', () => {
  const fields = Object.entries(complete);
  fc.assert(
    fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
      expect(differences(recordOf(complete), Object.fromEntries(shuffled))).toEqual([]);
    }),
  );
});

test.each([
  ['money_refund', '200.02'],
  ['oid_paybill', '2'],
  ['no_order', '2'],
  ['dt_order', '20130515094014'],
  ['dt_refund', '20130515094019'],
  ['notify_url', 'https://merchant.example/'],
])('a given %s that is not the recorded one differs', (path, value) => {
  const recorded = recordOf(complete);
  expect(differences(recorded, { ...complete, [path]: value })).toEqual([
    { path, message: `is ${recorded[path as keyof Refund]} in the record` },
  ]);
});

test('a given field that the record lacks differs', () => {
  expect(differences(recordOf(least), { ...least, no_order: '2' })).toEqual([
    { path: 'no_order', message: 'is not in the record' },
  ]);
});

test('every difference is reported, also that of the API', () => {
  const { no_order, oid_paybill } = complete;
  const crossed = { ...complete, no_order: oid_paybill, oid_paybill: no_order };
  expect(paths(recordOf(complete), crossed, 'exchange-refund')).toEqual(['kind', 'oid_paybill', 'no_order']);
});

test('a refund that is known from a notification alone differs', () => {
  const external = { ...recordOf(least), kind: 'external' } as Refund;
  expect(differences(external, least)).toEqual([
    { path: 'kind', message: expect.stringContaining('made elsewhere') },
  ]);
});
