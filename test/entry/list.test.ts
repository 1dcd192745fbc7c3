import { listRefunds } from '../../shared/app/list.ts';
import type { ListContext } from '../../shared/app/ports/lists.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { listHandler } from '../../shared/entry/list.ts';
import { captureLog } from './captured-log.ts';

jest.mock('../../shared/app/list.ts', () => ({ listRefunds: jest.fn() }));
const useCase = jest.mocked(listRefunds);

const context = {} as ListContext;
const handler = listHandler({ contextFor: () => context, logFor: captureLog().logFor });
const refund = { no_refund: '1', kind: 'refund', status: 'REQUESTED', day_shard: '20260105#1' } as Refund;
const totals = { succeeded: '0.00', open: '1.00', failed: '0.00', rejected: '0.00' };

beforeEach(() => useCase.mockReset().mockResolvedValue({ refunds: [refund], totals, next: 'abc' }));

const seen = { refunds: [{ no_refund: '1', kind: 'refund', status: 'REQUESTED' }], totals, next: 'abc' };

test.each([
  ['no parameter', {}, {}],
  ['no parameter, in other words', { queryStringParameters: null }, {}],
  [
    'parameters, as they are',
    {
      queryStringParameters: { no_order: 'o', limit: '7', more: '' },
      rawQueryString: 'no_order=o&limit=7&more=',
    },
    { no_order: 'o', limit: '7', more: '' },
  ],
  [
    'one twice, payload 2.0, which joins the values',
    {
      queryStringParameters: { no_order: 'a,b', limit: '7' },
      rawQueryString: 'no_order=a&limit=7&no_order=b',
    },
    { no_order: ['a', 'b'], limit: '7' },
  ],
  [
    'one twice, payload 1.0, which keeps the last value',
    {
      queryStringParameters: { no_order: 'b', limit: '7' },
      multiValueQueryStringParameters: { no_order: ['a', 'b'], limit: ['7'] },
    },
    { no_order: ['a', 'b'], limit: '7' },
  ],
  [
    'a comma in a value',
    { queryStringParameters: { no_order: 'a,b' }, rawQueryString: 'no_order=a%2Cb' },
    { no_order: 'a,b' },
  ],
])('over HTTP: %s', async (_what, query, input) => {
  const answer = (await handler({ requestContext: {}, ...query }, {})) as {
    statusCode: number;
    body: string;
  };
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body)).toEqual(seen);
  expect(useCase.mock.calls).toEqual([[context, input]]);
});

test('a direct input is passed on unchanged, and the answer has views', async () => {
  expect(await handler({ open: true, limit: 5 }, {})).toEqual(seen);
  expect(useCase.mock.calls).toEqual([[context, { open: true, limit: 5 }]]);
});

test('a direct input that is too large is refused', async () => {
  await expect(handler({ next: 'x'.repeat(65_537) }, {})).rejects.toMatchObject({ name: 'PayloadTooLarge' });
});
