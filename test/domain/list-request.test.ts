import { type ListRequest, readListRequest } from '../../shared/domain/list-request.ts';

const valid: [input: object, request: ListRequest][] = [
  [{ no_order: 'o-1' }, { selection: { by: 'no_order', value: 'o-1' }, limit: 50 }],
  [{ oid_paybill: '2013' }, { selection: { by: 'oid_paybill', value: '2013' }, limit: 50 }],
  [{ day: '20260105' }, { selection: { by: 'day', value: '20260105' }, limit: 50 }],
  [
    { day: '20260105', status: 'FAILED', limit: '7', next: 'abc-_' },
    { selection: { by: 'day', value: '20260105', status: 'FAILED' }, limit: 7, next: 'abc-_' },
  ],
  [
    { open: 'true', limit: 100 },
    { selection: { by: 'open' }, limit: 100 },
  ],
  [
    { open: true, limit: 1 },
    { selection: { by: 'open' }, limit: 1 },
  ],
  [{ attention: true }, { selection: { by: 'attention' }, limit: 50 }],
];

test.each(valid)('%j is a list', (input, request) => {
  expect(readListRequest(input)).toEqual({ request, issues: [] });
});

const pathsOf = (input: unknown) => readListRequest(input).issues.map(({ path }) => path);

test.each<[string, unknown, string[]]>([
  ['nothing', undefined, ['']],
  ['null', null, ['']],
  ['a list', [], ['']],
  ['a text', 'open', ['']],
  ['no parameter', {}, ['']],
  ['a limit alone', { limit: '5' }, ['']],
  ['two selectors', { no_order: 'o', open: 'true' }, ['open']],
  [
    'all selectors',
    { attention: true, open: true, day: '20260105', oid_paybill: 'p', no_order: 'o' },
    ['oid_paybill', 'day', 'open', 'attention'],
  ],
  ['an unknown parameter', { open: true, kind: 'refund' }, ['kind']],
  [
    'a parameter of every object',
    { open: true, toString: 'x', constructor: 'y' },
    ['toString', 'constructor'],
  ],
  ['an empty order', { no_order: '' }, ['no_order']],
  ['an order with a space', { no_order: 'a b' }, ['no_order']],
  ['an order as a number', { no_order: 5 }, ['no_order']],
  ['an order that is too long', { oid_paybill: 'x'.repeat(33) }, ['oid_paybill']],
  ['an order twice', { no_order: ['a', 'b'] }, ['no_order']],
  ['a day that is none', { day: '20260230' }, ['day']],
  ['a day with a time', { day: '20260105000000' }, ['day']],
  ['a day as a number', { day: 20260105 }, ['day']],
  ['a status that is none', { day: '20260105', status: 'DONE' }, ['status']],
  ['a status in lower case', { day: '20260105', status: 'failed' }, ['status']],
  ['a status without a day', { open: true, status: 'FAILED' }, ['status']],
  ['a status alone', { status: 'FAILED' }, ['', 'status']],
  ['open that is false', { open: false }, ['open']],
  ['open in other words', { open: '1' }, ['open']],
  ['attention as a number', { attention: 1 }, ['attention']],
  ['attention that is nothing', { attention: null }, ['attention']],
  ...['0', '101', '-1', '5.5', '05', '', 'ten', 0, 101, 1.5, Number.NaN, true, null].map(
    (limit): [string, unknown, string[]] => [
      `limit ${JSON.stringify(limit)}`,
      { open: true, limit },
      ['limit'],
    ],
  ),
  ['next with other characters', { open: true, next: 'a=b' }, ['next']],
  ['an empty next', { open: true, next: '' }, ['next']],
  ['next as an object', { open: true, next: {} }, ['next']],
  ['a next that is too long', { open: true, next: 'a'.repeat(4_097) }, ['next']],
  [
    'every fault at once',
    { no_order: 'a b', open: 'no', status: 'x', limit: 0, next: '%', page: 2 },
    ['no_order', 'open', 'status', 'limit', 'next', 'page', 'open', 'status'],
  ],
])('%s is invalid', (_what, input, paths) => {
  expect(pathsOf(input)).toEqual(paths);
});

test('each fault says what to send instead', () => {
  const input = { day: 'x', attention: 'x', status: 'x', limit: 'x', next: '%', page: 2 };
  const { issues } = readListRequest(input);
  expect(Object.fromEntries(issues.map(({ path, message }) => [path, message]))).toEqual({
    day: expect.stringContaining('yyyymmdd'),
    attention: expect.stringContaining('send exactly one of no_order, oid_paybill, day, open and attention'),
    status: expect.stringContaining('REQUESTED, REJECTED, INITIALIZED, PROCESSING, SUCCEEDED, FAILED'),
    limit: expect.stringContaining('from 1 to 100'),
    next: expect.stringContaining('leave it out'),
    page: expect.stringContaining('leave it out'),
  });
});

test('parameters with faults select nothing, and the others are read', () => {
  for (const input of [
    { no_order: '' },
    { open: true, day: '20260105' },
    { open: true, status: 'FAILED' },
    {},
  ])
    expect(readListRequest({ ...input, next: 'abc' }).request).toEqual({ limit: 50, next: 'abc' });
});
