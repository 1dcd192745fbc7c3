import fc from 'fast-check';
import { applyAddress, listAddress, refundAddress, routeIn } from '../../../console/page/route.ts';

test.each([
  ['', { page: 'list', noRefund: '', query: {} }],
  ['#', { page: 'list', noRefund: '', query: {} }],
  ['#/refunds', { page: 'list', noRefund: '', query: {} }],
  ['#/refunds/', { page: 'list', noRefund: '', query: {} }],
  ['#/nowhere', { page: 'list', noRefund: '', query: {} }],
  ['#/refunds?open=true', { page: 'list', noRefund: '', query: { open: 'true' } }],
  ['#/refunds/r-1', { page: 'refund', noRefund: 'r-1', query: {} }],
  ['#/refunds/50%', { page: 'refund', noRefund: '50%', query: {} }],
  [applyAddress, { page: 'apply', noRefund: '', query: {} }],
])('the address %s', (hash, route) => {
  expect(routeIn(hash)).toEqual(route);
});

test('every number has an address that leads to it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 32 }), (noRefund) => {
      expect(routeIn(refundAddress(noRefund))).toEqual({ page: 'refund', noRefund, query: {} });
    }),
  );
});

test('every list has an address that leads to it', () => {
  const value = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.record({ day: value, no_order: value }, { requiredKeys: [] }), (query) => {
      expect(routeIn(listAddress(query))).toEqual({ page: 'list', noRefund: '', query: { ...query } });
    }),
  );
});
