import { InvalidRequest, type Issue } from '../../shared/domain/errors.ts';
import { readRefundRequest } from '../../shared/domain/refund-request.ts';
import { complete, defaults, least } from './valid-request.ts';

const read = (input: unknown) => readRefundRequest('refund', input, defaults);

function issuesOf(input: unknown): Issue[] {
  try {
    read(input);
  } catch (error) {
    if (error instanceof InvalidRequest) return (error.details as { issues: Issue[] }).issues;
    throw error;
  }
  return [];
}

const pathsOf = (input: unknown) => issuesOf(input).map(({ path }) => path);

function without(field: keyof typeof complete): object {
  const { [field]: _left, ...rest } = complete;
  return rest;
}

test('defaults replace missing fields', () => {
  const { kind, no_refund, task_token, fields } = readRefundRequest('exchange-refund', least, defaults);
  expect({ kind, no_refund, task_token }).toEqual({
    kind: 'exchange-refund',
    no_refund: least.no_refund,
    task_token: undefined,
  });
  expect(fields).toEqual({
    money_refund: '200.01',
    oid_paybill: '2013051613121201',
    oid_partner: defaults.oidPartner,
    notify_url: defaults.notifyUrl,
    dt_refund: '20261122235959',
  });
});

test('given fields are kept', () => {
  const { no_refund, task_token, ...given } = complete;
  const request = read(complete);
  expect(request).toMatchObject({ kind: 'refund', no_refund, task_token });
  expect(request.fields).toEqual(given);
});

test.each([
  ['the shortest number', { ...least, no_refund: 'a' }],
  ['the longest number', { ...least, no_refund: 'aZ09._~-'.repeat(4) }],
  ['the smallest amount', { ...least, money_refund: '0.01' }],
  ['the largest amount', { ...least, money_refund: '100000000.00' }],
  ['an amount without decimals', { ...least, money_refund: '200' }],
  ['an amount with one decimal', { ...least, money_refund: '200.1' }],
  ['signs in a reference', { ...least, oid_paybill: '!"#$%\'()*+,-./09:;<>?@AZ[\\]^_`' }],
  ['more signs in a reference', { ...least, oid_paybill: '{|}~az' }],
  ['both references', { ...least, no_order: '1' }],
  ['the longest reference', { ...least, no_order: 'x'.repeat(32) }],
  ['an order number alone', { no_refund: '1', money_refund: '1', no_order: '1' }],
  ['the refund number as order number', { no_refund: '1', money_refund: '1', no_order: '1' }],
  ['the longest URL', { ...least, notify_url: `https://m.example/${'x'.repeat(110)}` }],
  ['the longest token', { ...least, task_token: 'x'.repeat(2048) }],
  ['a leap day', { ...least, dt_refund: '20240229000000' }],
])('%s is accepted', (_what, input) => {
  expect(issuesOf(input)).toEqual([]);
});

const SINGLE_FAULTS: [string, object, string][] = [
  ['no number', without('no_refund'), 'no_refund'],
  ['an empty number', { ...complete, no_refund: '' }, 'no_refund'],
  ['a number of 33 characters', { ...complete, no_refund: 'x'.repeat(33) }, 'no_refund'],
  ['a slash in the number', { ...complete, no_refund: 'a/b' }, 'no_refund'],
  ['a space in the number', { ...complete, no_refund: 'a b' }, 'no_refund'],
  ['a Chinese number', { ...complete, no_refund: '退款' }, 'no_refund'],
  ['a line break after the number', { ...complete, no_refund: 'a\n' }, 'no_refund'],
  ['a JSON number as number', { ...complete, no_refund: 2013051500005 }, 'no_refund'],
  ['null as number', { ...complete, no_refund: null }, 'no_refund'],
  ['no amount', without('money_refund'), 'money_refund'],
  ['a JSON number as amount', { ...complete, money_refund: 200.01 }, 'money_refund'],
  ['nothing of money', { ...complete, money_refund: '0.00' }, 'money_refund'],
  ['less than a fen', { ...complete, money_refund: '0.001' }, 'money_refund'],
  ['too much', { ...complete, money_refund: '100000000.01' }, 'money_refund'],
  ['three decimals', { ...complete, money_refund: '1.000' }, 'money_refund'],
  ['a point without decimals', { ...complete, money_refund: '1.' }, 'money_refund'],
  ['decimals without yuan', { ...complete, money_refund: '.50' }, 'money_refund'],
  ['a negative amount', { ...complete, money_refund: '-1.00' }, 'money_refund'],
  ['an exponent', { ...complete, money_refund: '1e2' }, 'money_refund'],
  ['a space in the amount', { ...complete, money_refund: ' 1.00' }, 'money_refund'],
  ['a currency', { ...complete, money_refund: 'CNY 1.00' }, 'money_refund'],
  ['an object as amount', { ...complete, money_refund: {} }, 'money_refund'],
  ['an empty payment number', { ...complete, oid_paybill: '' }, 'oid_paybill'],
  ['a payment number of 33 characters', { ...complete, oid_paybill: 'x'.repeat(33) }, 'oid_paybill'],
  ['& in the payment number', { ...complete, oid_paybill: 'a&b' }, 'oid_paybill'],
  ['= in the payment number', { ...complete, oid_paybill: 'a=b' }, 'oid_paybill'],
  ['a space in the payment number', { ...complete, oid_paybill: 'a b' }, 'oid_paybill'],
  ['DEL in the payment number', { ...complete, oid_paybill: 'a\x7f' }, 'oid_paybill'],
  ['an empty order number', { ...complete, no_order: '' }, 'no_order'],
  ['an order number of 33 characters', { ...complete, no_order: 'x'.repeat(33) }, 'no_order'],
  ['& in the order number', { ...complete, no_order: '&' }, 'no_order'],
  ['= in the order number', { ...complete, no_order: '=' }, 'no_order'],
  ['a Chinese order number', { ...complete, no_order: '订单' }, 'no_order'],
  ['no reference', { no_refund: '1', money_refund: '1.00' }, 'no_order'],
  ['an order date without its number', without('no_order'), 'dt_order'],
  ['an order date that never was', { ...complete, dt_order: '20230229000000' }, 'dt_order'],
  ['an order date in another form', { ...complete, dt_order: '2013-05-15' }, 'dt_order'],
  ['a refund date that never was', { ...complete, dt_refund: '20260431000000' }, 'dt_refund'],
  ['an empty refund date', { ...complete, dt_refund: '' }, 'dt_refund'],
  ['hour 24', { ...complete, dt_refund: '20260430240000' }, 'dt_refund'],
  [
    'a URL of 129 characters',
    { ...complete, notify_url: `https://m.example/${'x'.repeat(111)}` },
    'notify_url',
  ],
  ['a path as URL', { ...complete, notify_url: '/refund-notifications' }, 'notify_url'],
  ['another protocol', { ...complete, notify_url: 'ftp://merchant.example/' }, 'notify_url'],
  ['a space in the URL', { ...complete, notify_url: 'https://merchant.example/ a' }, 'notify_url'],
  ['another merchant', { ...complete, oid_partner: '201103171000000001' }, 'oid_partner'],
  ['an empty merchant', { ...complete, oid_partner: '' }, 'oid_partner'],
  ['an empty token', { ...complete, task_token: '' }, 'task_token'],
  ['a token of 2049 characters', { ...complete, task_token: 'x'.repeat(2049) }, 'task_token'],
  ['null as token', { ...complete, task_token: null }, 'task_token'],
  ['an unknown field', { ...complete, money_order: '1.00' }, 'money_order'],
  ['a key with a trailing space', { ...complete, 'sign_type ': 'RSA' }, 'sign_type '],
  ['a field of the wire', { ...complete, sign: 'x' }, 'sign'],
  ['a field of the record', { ...complete, status: 'SUCCEEDED' }, 'status'],
  ["a key of every object's", { ...complete, constructor: 'x' }, 'constructor'],
  ['__proto__', JSON.parse(JSON.stringify(complete).replace('{', '{"__proto__":{"admin":1},')), '__proto__'],
];

test.each(SINGLE_FAULTS)('%s is the only fault', (_what, input, path) => {
  expect(pathsOf(input)).toEqual([path]);
  expect(issuesOf(input)[0]?.message).toMatch(/\S/);
});

test('the error for a JSON number as amount says to send a string', () => {
  expect(issuesOf({ ...least, money_refund: 200.01 })[0]?.message).toMatch(/must be a string/);
  expect(issuesOf({ ...least, money_refund: 200.01 })[0]?.message).toMatch(/quotes/);
});

test('a field that comes more than once is a list, and is refused beside all other faults', () => {
  for (const field of Object.keys(complete)) {
    const input = { ...complete, [field]: [complete[field as keyof typeof complete]], extra: [1] };
    expect(issuesOf(input)).toEqual([
      { path: field, message: 'must be a string, sent once' },
      { path: 'extra', message: 'is not a field of a refund: leave it out' },
    ]);
  }
});

test('one error has all faults, each with its path', () => {
  const faults = {
    no_refund: '',
    money_refund: 1,
    oid_paybill: 'a&b',
    no_order: 'a=b',
    dt_order: '0',
    dt_refund: '1',
    notify_url: 'x',
    oid_partner: 'x',
    task_token: 7,
    extra: true,
    other: null,
  };
  expect(pathsOf(faults).sort()).toEqual(Object.keys(faults).sort());
});

test('an empty object lacks the three required fields', () => {
  expect(pathsOf({}).sort()).toEqual(['money_refund', 'no_order', 'no_refund']);
});

test('the message of the error names every path in one line', () => {
  const act = () => read({ money_refund: 1, extra: 'line\nbreak' });
  expect(act).toThrow(InvalidRequest);
  expect(act).toThrow(/^(?=.*no_refund)(?=.*money_refund)(?=.*no_order)(?=.*extra)[^\n]*$/);
});

test('an inherited field counts as missing', () => {
  expect(pathsOf(Object.create(complete))).toEqual(expect.arrayContaining(['no_refund', 'money_refund']));
});

test.each([null, undefined, 'text', 7, true, [], [complete]])('%j is not a request', (input) => {
  expect(pathsOf(input)).toEqual(['']);
});

describe("the caller's own words", () => {
  test.each([
    ['reference', 64],
    ['reason', 200],
    ['requested_by', 64],
  ])('%s is any text of 1 to %i characters without control characters', (field, length) => {
    for (const text of ['工单-7', '🙂'.repeat(length), ' ', 'a&b=c', '<script>', 'x'.repeat(length)])
      expect(read({ ...least, [field]: text }).own).toMatchObject({ [field]: text });
    for (const text of ['', 'x'.repeat(length + 1), 'a\nb', '\u0000', '\u0085', '\ud800', 7])
      expect(pathsOf({ ...least, [field]: text })).toEqual([field]);
  });

  test('are no part of what is sent', () => {
    const { fields, given } = read({ ...least, reference: 'r', reason: 'because', requested_by: 'me' });
    expect(JSON.stringify([fields, given])).not.toMatch(/because|"me"|reference/);
  });

  test('nobody can claim to be an IAM identity', () => {
    expect(pathsOf({ ...least, requested_by_iam: 'arn:aws:iam::1:user/admin' })).toEqual([
      'requested_by_iam',
    ]);
  });
});
