import { httpEvent, restEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let restricted: Lambda;
let open: Lambda;

beforeAll(async () => {
  service = await startService();
  const NOTIFY_ALLOWED_IPS = '218.4.207.154-158，112.80.55.210-112.80.55.214;10.1.0.0/16\n115.236.102.36';
  [restricted, open] = await Promise.all([
    service.lambda('notify-callback', { NOTIFY_ALLOWED_IPS }),
    service.lambda('notify-callback', { NOTIFY_ALLOWED_IPS: '' }),
  ]);
}, 60_000);

afterAll(() => service.stop());

test.each([
  ['218.4.207.153', 401],
  ['218.4.207.154', 200],
  ['218.4.207.158', 200],
  ['218.4.207.159', 401],
  ['112.80.55.209', 401],
  ['112.80.55.212', 200],
  ['112.80.55.215', 401],
  ['10.1.255.255', 200],
  ['10.2.0.0', 401],
  ['115.236.102.36', 200],
  ['115.236.102.37', 401],
  ['127.0.0.1', 401],
  ['2001:db8::1', 401],
])(
  'the address %s, as API Gateway reports it, is answered with %i, whatever headers say',
  async (address, statusCode) => {
    const noRefund = `from-${address.replaceAll(':', '.')}`;
    const text = signedMessage(service.sandbox.gateway, noRefund);
    const claimed = statusCode === 200 ? '8.8.8.8' : '218.4.207.154';
    const headers = { 'x-forwarded-for': claimed, 'X-Forwarded-For': claimed, 'x-real-ip': claimed };
    for (const event of [httpEvent, restEvent]) {
      const request = { ...event('POST', '/refund-notifications', text, address), headers };
      expect(await restricted.invoke(request)).toMatchObject({ statusCode });
    }
    expect(Boolean(await service.record(noRefund))).toBe(statusCode === 200);
  },
);

test.each([httpEvent, restEvent])(
  'a request without an address from API Gateway is not allowed, whatever headers say (%#)',
  async (event) => {
    const noRefund = `nowhere-${event.name}`;
    const text = signedMessage(service.sandbox.gateway, noRefund);
    const allowed = '218.4.207.154';
    const headers = { 'x-forwarded-for': allowed, 'X-Forwarded-For': allowed, forwarded: `for=${allowed}` };
    const request = { ...event('POST', '/refund-notifications', text), headers, requestContext: {} };
    expect(await restricted.invoke(request)).toMatchObject({ statusCode: 401 });
    expect(await service.record(noRefund)).toBeUndefined();
  },
);

test('without NOTIFY_ALLOWED_IPS, the signature alone decides', async () => {
  const event = httpEvent(
    'POST',
    '/refund-notifications',
    signedMessage(service.sandbox.gateway, 'open-1'),
    '8.8.8.8',
  );
  expect(await open.invoke(event)).toMatchObject({ statusCode: 200 });
});

test('a direct invocation needs no address: IAM has authorized its caller', async () => {
  const answer = await restricted.invoke(JSON.parse(signedMessage(service.sandbox.gateway, 'direct-1')));
  expect(answer).toEqual({ ret_code: '0000', ret_msg: 'ok' });
});
