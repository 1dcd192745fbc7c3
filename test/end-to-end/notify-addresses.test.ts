import { httpEvent, restEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let choosy: Lambda;
let open: Lambda;

beforeAll(async () => {
  service = await startService();
  const NOTIFY_ALLOWED_IPS = '218.4.207.154-158，112.80.55.210-112.80.55.214;10.1.0.0/16\n115.236.102.36';
  [choosy, open] = await Promise.all([
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
  '%s is answered with %i where it is API Gateway that names it, whatever headers say',
  async (address, statusCode) => {
    const noRefund = `from-${address.replaceAll(':', '.')}`;
    const text = signedMessage(service.sandbox.gateway, noRefund);
    const claimed = statusCode === 200 ? '8.8.8.8' : '218.4.207.154';
    const headers = { 'x-forwarded-for': claimed, 'X-Forwarded-For': claimed, 'x-real-ip': claimed };
    for (const event of [httpEvent, restEvent]) {
      const asked = { ...event('POST', '/refund-notifications', text, address), headers };
      expect(await choosy.invoke(asked)).toMatchObject({ statusCode });
    }
    expect(Boolean(await service.record(noRefund))).toBe(statusCode === 200);
  },
);

test.each([httpEvent, restEvent])(
  'a request for which API Gateway names no address comes from none that is allowed, whatever headers say (%#)',
  async (event) => {
    const noRefund = `nowhere-${event.name}`;
    const text = signedMessage(service.sandbox.gateway, noRefund);
    const allowed = '218.4.207.154';
    const headers = { 'x-forwarded-for': allowed, 'X-Forwarded-For': allowed, forwarded: `for=${allowed}` };
    const asked = { ...event('POST', '/refund-notifications', text), headers, requestContext: {} };
    expect(await choosy.invoke(asked)).toMatchObject({ statusCode: 401 });
    expect(await service.record(noRefund)).toBeUndefined();
  },
);

test('where none are named, the signature alone decides', async () => {
  const event = httpEvent(
    'POST',
    '/refund-notifications',
    signedMessage(service.sandbox.gateway, 'open-1'),
    '8.8.8.8',
  );
  expect(await open.invoke(event)).toMatchObject({ statusCode: 200 });
});

test('a direct call comes from no address: whoever may make it is trusted with the way', async () => {
  const answer = await choosy.invoke(JSON.parse(signedMessage(service.sandbox.gateway, 'direct-1')));
  expect(answer).toEqual({ ret_code: '0000', ret_msg: 'ok' });
});
