import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import { httpEvent, restEvent } from '../support/api-gateway.ts';
import type { Lambda, ThrownByFunction } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

type Input = { no_refund?: unknown; refresh?: unknown };

let service: Service;
let apply: Lambda;
let query: Lambda;

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 300 });
  [apply, query] = await Promise.all([service.lambda('apply-refund'), service.lambda('query-refund')]);
  await Promise.all(
    ['success-known', 'mute-queried', 'lost-queried'].map((it) => apply.invoke(refundInput(it))),
  );
}, 60_000);

afterAll(() => service.stop());

const parameters = ({ no_refund, refresh }: Input) => ({
  pathParameters: { no_refund },
  queryStringParameters: refresh === undefined ? undefined : { refresh: String(refresh) },
});

/** Each invocation style, with its outcome in the same form: an HTTP status and a body. */
const styles: [
  name: string,
  send: (input: Input) => Promise<{ status: number; body: Record<string, unknown> }>,
][] = [
  ['HTTP, payload 2.0', (input) => overHttp({ ...httpEvent('GET', '/refunds/x', ''), ...parameters(input) })],
  ['HTTP, payload 1.0', (input) => overHttp({ ...restEvent('GET', '/refunds/x', ''), ...parameters(input) })],
  ['directly', directly],
];

async function overHttp(event: object) {
  const { statusCode, body } = await query.invoke<HttpAnswer & Record<string, unknown>>(event);
  return { status: statusCode, body: JSON.parse(body) };
}

const STATUSES: Record<string, number> = { InvalidRequest: 400, RefundNotFound: 404 };

async function directly(input: Input) {
  try {
    return { status: 200, body: await query.invoke(input) };
  } catch (thrown) {
    const { name, className, message } = thrown as ThrownByFunction;
    expect(className).toBe(name);
    return { status: STATUSES[name] ?? 500, body: { error: { name, message } } };
  }
}

describe.each(styles)('%s', (_name, send) => {
  test('returns the stored refund without internal fields, and does not query the gateway', async () => {
    const { status, body } = await send({ no_refund: 'success-known' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ no_refund: 'success-known', status: 'SUCCEEDED', money_refund: '200.10' });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['attempt_id']));
    expect(body).not.toHaveProperty('refreshed');
    expect(service.sandbox.gateway.requests('success-known')).toHaveLength(1);
  });

  test('returns RefundNotFound for an unknown number', async () => {
    const { status, body } = await send({ no_refund: 'unknown' });
    expect({ status, body }).toMatchObject({ status: 404, body: { error: { name: 'RefundNotFound' } } });
  });

  test.each([{ no_refund: 'x'.repeat(33) }, { no_refund: 'success-known', refresh: 'soon' }])(
    'rejects %j',
    async (input) => {
      const { status, body } = await send(input);
      expect({ status, body }).toMatchObject({ status: 400, body: { error: { name: 'InvalidRequest' } } });
    },
  );

  test('keeps the record and reports the problem when the gateway does not answer a refresh', async () => {
    const { status, body } = await send({ no_refund: 'lost-queried', refresh: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'REQUESTED',
      refreshed: false,
      refresh_problem: expect.any(String),
    });
  });
});

test('a refresh settles the record with the gateway’s answer', async () => {
  await until(() => service.sandbox.gateway.ledgerEntry('mute-queried')?.fields.sta_refund === '2');
  expect(await query.invoke({ no_refund: 'mute-queried' })).toMatchObject({ status: 'PROCESSING' });
  expect(await query.invoke({ no_refund: 'mute-queried', refresh: true })).toMatchObject({
    status: 'SUCCEEDED',
    refreshed: true,
  });
  expect(await service.record('mute-queried')).toMatchObject({ status: 'SUCCEEDED', version: 3 });
});
