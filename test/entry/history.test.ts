import { readHistory } from '../../shared/app/history.ts';
import type { HistoryContext } from '../../shared/app/ports/context.ts';
import { historyHandler } from '../../shared/entry/history.ts';
import { captureLog } from './captured-log.ts';

jest.mock('../../shared/app/history.ts', () => ({ readHistory: jest.fn() }));
const useCase = jest.mocked(readHistory);

const context = {} as HistoryContext;
const handler = historyHandler({ contextFor: () => context, logFor: captureLog().logFor });

beforeEach(() => useCase.mockReset().mockResolvedValue({ no_refund: '1', entries: [] }));

test.each([
  ['the number alone', {}, { no_refund: '1' }],
  ['a further page', { queryStringParameters: { next: 'x' } }, { no_refund: '1', next: 'x' }],
  ['another parameter', { queryStringParameters: { page: '2' } }, { no_refund: '1', page: '2' }],
  ['a number in the query too', { queryStringParameters: { no_refund: '2' } }, { no_refund: ['1', '2'] }],
  [
    'a parameter that is given twice',
    { queryStringParameters: { next: 'x,y' }, rawQueryString: 'next=x&next=y' },
    { no_refund: '1', next: ['x', 'y'] },
  ],
])('over HTTP: %s', async (_what, parameters, input) => {
  const event = { requestContext: {}, pathParameters: { no_refund: '1' }, ...parameters };
  expect(await handler(event, {})).toMatchObject({ statusCode: 200 });
  expect(useCase.mock.calls).toEqual([[context, input]]);
});
