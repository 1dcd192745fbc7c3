import type { Invocation, NotifyContext } from '../../shared/app/ports/context.ts';
import { InvalidRequest, NotAuthentic, ServiceUnavailable } from '../../shared/domain/errors.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { VerifiedMessage } from '../../shared/domain/verified-message.ts';
import { type HttpAnswer, jsonAnswer } from '../../shared/entry/http-event.ts';
import { notifyHandler } from '../../shared/entry/notify.ts';
import { captureLog } from './captured-log.ts';

const message: VerifiedMessage = { no_refund: '1', money_refund: '200.01', sta_refund: '2' };

/** The function over a table that accepts every write, unless a test replaces it. */
function callback(
  read: NotifyContext['notifications']['read'] = async () => ({ type: 'verified', message }),
  allowed?: string,
) {
  const { lines, logFor } = captureLog();
  const texts: string[] = [];
  const invocations: Invocation[] = [];
  const refund = { no_refund: '1', kind: 'refund', status: 'SUCCEEDED', version: 2 } as Refund;
  const handler = notifyHandler({
    logFor,
    isAllowedSource: (address) => allowed === undefined || address === allowed,
    contextFor: (invocation) => {
      invocations.push(invocation);
      return {
        notifications: {
          read: async (text) => {
            texts.push(text);
            return read(text);
          },
        },
        store: {
          update: async () => ({ written: true, refund, before: refund }),
          create: async () => ({ written: true, refund }),
          get: async () => refund,
        } as unknown as NotifyContext['store'],
        clock: { nowMs: () => 0 },
        log: logFor(''),
        rules: { oidPartner: 'p', firstCheckMs: 1 } as NotifyContext['rules'],
        wait: async () => {},
        deadlineMs: invocation.deadlineMs,
      };
    },
  });
  return { handler, texts, invocations, lines };
}

const ACKNOWLEDGED = { ret_code: '0000', ret_msg: 'ok' };
const from = (sourceIp: string, body = '{"a":200.10}') => ({ requestContext: { http: { sourceIp } }, body });

test('a recorded message is acknowledged in the form that the gateway expects', async () => {
  const { handler, texts } = callback();
  expect(await handler(from('1.2.3.4'), {})).toMatchObject({
    statusCode: 200,
    body: '{"ret_code":"0000","ret_msg":"ok"}',
  });
  expect(texts).toEqual(['{"a":200.10}']);
});

test.each([
  ['the text of a message', '{"a":200.10}', '{"a":200.10}'],
  ['a message', { a: '200.10' }, '{"a":"200.10"}'],
])('direct invocation with %s', async (_what, event, text) => {
  const { handler, texts } = callback();
  expect(await handler(event, {})).toEqual(ACKNOWLEDGED);
  expect(texts).toEqual([text]);
});

test.each([
  [400, new InvalidRequest([{ path: '', message: 'x' }])],
  [401, new NotAuthentic('x')],
  [503, new ServiceUnavailable('x')],
  [500, new Error('secret of the house')],
])('any other outcome is %i and another code', async (statusCode, error) => {
  const { handler } = callback(() => Promise.reject(error));
  const answer = (await handler(from('1.2.3.4'), {})) as HttpAnswer;
  expect(answer.statusCode).toBe(statusCode);
  expect(JSON.parse(answer.body)).toEqual({
    ret_code: expect.stringMatching(/^(?!0000)\d{4}$/),
    ret_msg: expect.any(String),
  });
  expect(answer.body).not.toContain('secret');
});

test('a body that is too large is rejected', async () => {
  const { handler, texts } = callback();
  expect(await handler(from('1.2.3.4', 'x'.repeat(65_537)), {})).toMatchObject({ statusCode: 413 });
  await expect(handler({ a: 'x'.repeat(65_537) }, {})).rejects.toMatchObject({ name: 'PayloadTooLarge' });
  expect(texts).toEqual([]);
});

test('a body from an address that is not allowed is not read, whatever a header says', async () => {
  const { handler, texts } = callback(undefined, '1.2.3.4');
  const forwarded = { ...from('6.6.6.6'), headers: { 'x-forwarded-for': '1.2.3.4' } };
  expect(await handler(forwarded, {})).toEqual(
    jsonAnswer(401, { ret_code: '9999', ret_msg: 'NotAuthentic' }),
  );
  expect(await handler(from('6.6.6.6', 'x'.repeat(70_000)), {})).toMatchObject({ statusCode: 401 });
  expect(await handler({ requestContext: {}, body: '{}' }, {})).toMatchObject({ statusCode: 401 });
  expect(texts).toEqual([]);
  expect(await handler(from('1.2.3.4'), {})).toMatchObject({ statusCode: 200 });
});

test('an unreadable message that the gateway signed is reported, and not acknowledged', async () => {
  const faults = [{ path: 'sta_refund', message: 'must be 0, 1, 2 or 3' }];
  const { handler, lines } = callback(async () => ({ type: 'unreadable', no_refund: '1', faults }));
  expect(await handler(from('1.2.3.4'), {})).toMatchObject({ statusCode: 400 });
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      facts: { no_refund: '1', fields: ['sta_refund'], metrics: { UnreadableMessages: 1 } },
    }),
  );
});

describe('the deadline for the acknowledgement', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  test.each([
    ['is less than four seconds', 30_000, 3_800],
    ["is less where the function's own time ends before", 2_000, 1_700],
  ])('%s', async (_what, remainingMs, decidedMs) => {
    jest.useFakeTimers({ now: 1_000_000 });
    const { handler, invocations } = callback(() => new Promise(() => {}));
    const answer = handler(from('1.2.3.4'), { getRemainingTimeInMillis: () => remainingMs });
    await jest.advanceTimersByTimeAsync(decidedMs);
    expect(await answer).toMatchObject({ statusCode: 503 });
    expect(Date.now()).toBe(1_000_000 + decidedMs);
    // The wait for the table ends before that, so that there is time to report it.
    expect(invocations[0]?.deadlineMs).toBe(1_000_000 + decidedMs - 200);
  });

  test('leaves no timer behind', async () => {
    jest.useFakeTimers();
    await callback().handler(from('1.2.3.4'), {});
    expect(jest.getTimerCount()).toBe(0);
  });
});
