import { applyFields, applyUrl, queryFields, queryUrl } from '../../shared/gateway/requests.ts';
import { refund } from './signed-messages.ts';

const real = { trader: 'https://traderapi.lianlianpay.com', query: 'https://queryapi.lianlianpay.com' };

test.each([
  ['the real hosts', real, 'https://traderapi.lianlianpay.com/', 'https://queryapi.lianlianpay.com/'],
  [
    'a trailing slash',
    { trader: 'https://t.example/', query: 'https://q.example/' },
    'https://t.example/',
    'https://q.example/',
  ],
  [
    'a path',
    { trader: 'https://t.example/a', query: 'https://q.example/b/' },
    'https://t.example/a/',
    'https://q.example/b/',
  ],
  [
    'a port',
    { trader: 'http://127.0.0.1:1', query: 'http://127.0.0.1:2' },
    'http://127.0.0.1:1/',
    'http://127.0.0.1:2/',
  ],
])('each operation has its URL: %s', (_what, urls, trader, query) => {
  expect(applyUrl(urls, 'refund').href).toBe(`${trader}refund.htm`);
  expect(applyUrl(urls, 'exchange-refund').href).toBe(`${trader}exchangerefund.htm`);
  expect(queryUrl(urls).href).toBe(`${query}refundquery.htm`);
});

test('an application sends the documented fields of the record, and no others', () => {
  expect(Object.fromEntries(applyFields(refund))).toEqual({
    oid_partner: '201103171000000000',
    no_refund: '2013051500005',
    dt_refund: '20130515094018',
    money_refund: '200.01',
    no_order: '2013051500001',
    dt_order: '20130515094013',
    oid_paybill: '2013051613121201',
    notify_url: 'https://merchant.example/refund-notifications',
  });
});

test('a field that the record lacks is not sent', () => {
  const { no_order, dt_order, ...least } = refund;
  expect([...applyFields(least).keys()].sort()).toEqual([
    'dt_refund',
    'money_refund',
    'no_refund',
    'notify_url',
    'oid_partner',
    'oid_paybill',
  ]);
});

test('a query sends the number and the date', () => {
  expect(Object.fromEntries(queryFields(refund))).toEqual({
    oid_partner: '201103171000000000',
    no_refund: '2013051500005',
    dt_refund: '20130515094018',
  });
});
