import type { GatewayEvent } from '../../sandbox/gateway/events.ts';
import { type Gateway, startGateway } from '../../sandbox/gateway/gateway.ts';
import type { GatewayOptions } from '../../sandbox/gateway/options.ts';
import { fieldsOf, post, sample, signedBody, startCallback, until, verifies } from './merchant.ts';

let gateway: Gateway;
let callback: Awaited<ReturnType<typeof startCallback>>;
let events: GatewayEvent[];

async function start(options: GatewayOptions = {}) {
  gateway = await startGateway({ notifyAfterMs: 0, onEvent: (event) => events.push(event), ...options });
}
beforeEach(async () => {
  events = [];
  callback = await startCallback();
});
afterEach(async () => {
  await gateway.stop();
  await callback.close();
});

const refund = (no_refund: string, notify_url = callback.url) =>
  post(`${gateway.url}/refund.htm`, signedBody({ ...sample, no_refund, notify_url }));
const types = () => events.map(({ type }) => type);

test('a listener gets every event of a refund', async () => {
  await start();
  await refund('plain');
  await until(() => types().includes('notification-acknowledged'));
  expect(types()).toEqual([
    'request-received',
    'booked',
    'answered',
    'status-changed',
    'notification-sent',
    'notification-acknowledged',
  ]);
  expect(events[3]).toEqual({
    type: 'status-changed',
    no_refund: 'plain',
    from: '1',
    to: '2',
    at: expect.any(Date),
  });
  expect(callback.received[0]).toMatchObject({
    contentType: 'text/json;charset=utf-8',
    fields: { ret_code: '0000', sta_refund: '2', settle_date: expect.any(String) },
  });
});

test.each([
  [500, '{"ret_code":"0000"}'],
  [200, '{"ret_code":"9999","ret_msg":"later"}'],
  [200, 'ok'],
])(
  'the gateway repeats a notification answered with HTTP %i and %s, two minutes of gateway time later, until it is acknowledged',
  async (status, reply) => {
    await start({ clockSpeed: 1_200 });
    Object.assign(callback, { status, reply });
    await refund('plain');
    await until(() => callback.received.length === 3);
    Object.assign(callback, { status: 200, reply: '{"ret_code":"0000"}' });
    await until(() => types().includes('notification-acknowledged'));

    const sent = events.filter(({ type }) => type === 'notification-sent').map(({ at }) => at.getTime());
    const gaps = sent.slice(1).map((at, index) => at - (sent[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(98);
    expect(new Set(callback.received.map(({ text }) => text)).size).toBe(1);
  },
);

test('the gateway gives up after 30 attempts', async () => {
  await start({ clockSpeed: 120_000 });
  callback.status = 503;
  await refund('plain');
  await until(() => callback.received.length === 30);
  await until(() => events.at(-1)?.type === 'notification-unacknowledged');
  expect(events.at(-1)).not.toHaveProperty('repeatInMs');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(callback.received).toHaveLength(30);
  expect(events.filter((event) => 'repeatInMs' in event && event.repeatInMs === 120_000)).toHaveLength(29);
});

test('a stop of the gateway ends the repetitions', async () => {
  await start({ clockSpeed: 1_200 });
  callback.status = 503;
  await refund('plain');
  await until(() => types().includes('notification-unacknowledged'));
  await gateway.stop();
  const { length } = events;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(events).toHaveLength(length);
});

test("the gateway sends nothing to a sample's notify_url, which is a real host", async () => {
  await start();
  await refund('plain', 'http://payhttp.example/***/refund.htm');
  await until(() => types().includes('notification-withheld'));
  expect(types()).not.toContain('notification-sent');
  await expect(gateway.notify('plain')).rejects.toThrow("isn't on this machine");
});

test('the notifyUrl option redirects all notifications', async () => {
  await start({ notifyUrl: callback.url });
  await refund('plain', 'http://payhttp.example/***/refund.htm');
  await until(() => callback.received.length === 1);
});

describe('a manual notification', () => {
  beforeEach(() => start({ notifyAfterMs: 60_000 }));

  test('reports the current status', async () => {
    await refund('plain');
    expect((await gateway.notify('plain')).reply).toEqual({
      acknowledged: true,
      httpStatus: 200,
      body: callback.reply,
    });
    expect(callback.received[0]?.fields.sta_refund).toBe('1');
  });

  test('has the overrides, signed', async () => {
    await refund('plain');
    callback.status = 401;
    const { reply } = await gateway.notify('plain', { sta_refund: '3', money_refund: undefined });
    expect(reply).toMatchObject({ acknowledged: false, httpStatus: 401 });
    const [message] = callback.received;
    expect(verifies(message?.text ?? '{}')).toBe(true);
    expect(message?.fields.sta_refund).toBe('3');
    expect(message?.fields).not.toHaveProperty('money_refund');
  });

  test('can have an invalid signature', async () => {
    await refund('plain');
    await gateway.notify('plain', { sign: 'AAAA' });
    expect(callback.received[0]?.fields.sign).toBe('AAAA');
  });

  test('can report a refund that was never booked', async () => {
    await expect(gateway.notify('foreign')).rejects.toThrow('give the URL');
    await gateway.notify('foreign', { sta_refund: '2' }, callback.url);
    expect(callback.received[0]?.fields).toMatchObject({ no_refund: 'foreign', sta_refund: '2' });
  });

  test('signMessage signs any fields', () => {
    const text = gateway.signMessage({ no_refund: 'x', money_refund: '1.10', settle_date: '' });
    expect(verifies(text)).toBe(true);
    expect(fieldsOf(text)).toMatchObject({ no_refund: 'x', sign_type: 'RSA' });
  });
});

test('a reply after five seconds of real time counts as none', async () => {
  await start({ clockSpeed: 60 });
  callback.hangs = true;
  const startMs = performance.now();
  const { reply } = await gateway.notify('x', {}, callback.url);
  expect(reply).toEqual({ acknowledged: false, reason: 'no reply within 5000 ms' });
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(4_990);
}, 10_000);
