import type { ApplyContext } from '../../shared/app/ports/context.ts';
import { queryRefund } from '../../shared/app/query.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { queryHandler } from '../../shared/entry/query.ts';
import { captureLog } from './captured-log.ts';

jest.mock('../../shared/app/query.ts', () => ({ queryRefund: jest.fn() }));
const useCase = jest.mocked(queryRefund);

const context = {} as ApplyContext;
const handler = queryHandler({ contextFor: () => context, logFor: captureLog().logFor });
const refund = { no_refund: '1', kind: 'refund', status: 'REQUESTED', task_token: 'secret' } as Refund;

beforeEach(() => useCase.mockReset().mockResolvedValue({ refund }));

test.each([
  ['the number alone', undefined, { no_refund: '1' }],
  ['refresh', { refresh: 'true' }, { no_refund: '1', refresh: true }],
  ['no refresh', { refresh: 'false' }, { no_refund: '1', refresh: false }],
  ['something else as refresh', { refresh: 'yes' }, { no_refund: '1', refresh: 'yes' }],
  ['another parameter', { fresh: 'true' }, { no_refund: '1', fresh: 'true' }],
  ['a number in the query too', { no_refund: '2' }, { no_refund: ['1', '2'] }],
])('over HTTP: %s', async (_what, queryStringParameters, input) => {
  const event = { requestContext: {}, pathParameters: { no_refund: '1' }, queryStringParameters };
  expect(await handler(event, {})).toMatchObject({ statusCode: 200 });
  expect(useCase.mock.calls).toEqual([[context, input]]);
});

test.each([
  [
    'payload 2.0',
    { queryStringParameters: { refresh: 'true,false' }, rawQueryString: 'refresh=true&refresh=false' },
  ],
  [
    'payload 1.0',
    {
      queryStringParameters: { refresh: 'false' },
      multiValueQueryStringParameters: { refresh: ['true', 'false'] },
    },
  ],
])('a parameter that is given twice is passed on as a list: %s', async (_what, parameters) => {
  await handler({ requestContext: {}, pathParameters: { no_refund: '1' }, ...parameters }, {});
  expect(useCase.mock.calls).toEqual([[context, { no_refund: '1', refresh: ['true', 'false'] }]]);
});

test('a direct input is passed on unchanged, and the answer has no task token', async () => {
  expect(await handler({ no_refund: '1', refresh: true }, {})).toEqual({
    no_refund: '1',
    kind: 'refund',
    status: 'REQUESTED',
  });
  expect(useCase.mock.calls).toEqual([[context, { no_refund: '1', refresh: true }]]);
});
