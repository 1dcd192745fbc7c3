import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import {
  type GatewayBooks,
  type GatewayNotification,
  type SandboxControl,
  SandboxControlError,
  sandboxControl,
} from '../../cli/sandbox-control.ts';
import { type Control, startControl } from '../../sandbox/control.ts';
import { behaviourOf, behaviours } from '../../sandbox/gateway/behaviours.ts';
import { type Gateway, startGateway } from '../../sandbox/gateway/gateway.ts';
import type { GatewayOptions } from '../../sandbox/gateway/options.ts';
import { fieldsOf, post, sample, signedBody, startCallback, until, verifies } from './merchant.ts';

let gateway: Gateway;
let callback: Awaited<ReturnType<typeof startCallback>>;
let server: Control;
let control: SandboxControl;

async function start(options: GatewayOptions = {}) {
  gateway = await startGateway({ notifyAfterMs: 0, ...options });
  server = await startControl(gateway);
  control = sandboxControl(server.address);
}
beforeEach(async () => {
  callback = await startCallback();
});
afterEach(async () => {
  await server.stop();
  await gateway.stop();
  await callback.close();
});

const refund = (no_refund: string, path = 'refund.htm') =>
  post(`${gateway.url}/${path}`, signedBody({ ...sample, no_refund, notify_url: callback.url }));

const textsIn = ({ events }: GatewayBooks) => events.map(({ text }) => text);

const recent = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

interface Raw {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A request with headers that fetch doesn't let one choose. */
function raw({ path = '/behaviours', method = 'GET', headers = {}, body = '' }: Raw) {
  const { url, token } = server.address;
  const { port } = new URL(url);
  const sent = { host: `127.0.0.1:${port}`, authorization: `Bearer ${token}`, ...headers };
  return new Promise<{ status?: number; body: string }>((done, fail) => {
    request({ host: '127.0.0.1', port, path, method, headers: sent }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      done({ status: response.statusCode ?? 0, body: text });
    })
      .on('error', fail)
      .end(body);
  });
}

const errorOf = async (sent: Raw) => {
  const { status, body } = await raw(sent);
  return [status, JSON.parse(body).error];
};

describe('who may give orders', () => {
  beforeEach(() => start());

  test('whoever has the token', async () => {
    expect((await raw({})).status).toBe(200);
  });

  test.each([
    ['no token', { authorization: '' }],
    ['another token', { authorization: `Bearer ${'x'.repeat(43)}` }],
    ['the beginning of the token', { authorization: 'BEGINNING' }],
    ['another scheme', { authorization: 'SCHEME' }],
  ])('%s: 401, whatever is asked for, and nothing is sent', async (_what, { authorization }) => {
    const { token } = server.address;
    const given = authorization
      .replace('BEGINNING', `Bearer ${token.slice(0, -1)}`)
      .replace('SCHEME', `Basic ${token}`);
    await refund('r-1');
    await until(() => callback.received.length === 1);
    const headers = { authorization: given };
    const asked = [
      {},
      { path: '/nowhere' },
      { method: 'OPTIONS' },
      { path: '/notifications/n-1/resend', method: 'POST' },
      { path: '/notifications', method: 'POST', body: '{"no_refund":"r-1"}' },
    ];
    for (const one of asked) {
      const [status, error] = await errorOf({ ...one, headers });
      expect([status, error.name]).toEqual([401, 'NotAuthentic']);
      expect(JSON.stringify(error)).not.toContain(token);
    }
    expect(callback.received).toHaveLength(1);
  });

  test('a name that leads to this machine is refused, as a web page would use it', async () => {
    const { port } = new URL(server.address.url);
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', `evil.example:${port}`])
      expect(await errorOf({ headers: { host } })).toEqual([
        403,
        { name: 'WrongHost', message: `Send it to 127.0.0.1:${port}, with this Host header.` },
      ]);
  });

  test('each start has a token of its own, long enough not to be guessed', async () => {
    const other = await startControl(gateway);
    await other.stop();
    expect(other.address.token).not.toBe(server.address.token);
    expect(Buffer.from(server.address.token, 'base64url')).toHaveLength(32);
    await expect(fetch(other.address.url)).rejects.toThrow();
  });
});

describe('behaviours', () => {
  beforeEach(() => start());

  test('all but the default one, each with an example that selects it', async () => {
    const shown = await control.behaviours();
    expect(shown.map(({ beginning, text }) => [beginning, text])).toEqual(
      behaviours.filter(({ prefix }) => prefix).map(({ prefix, does }) => [prefix, does]),
    );
    for (const { beginning, example } of shown)
      expect([beginning, behaviourOf(`${example}1`).behaviour.prefix]).toEqual([beginning, beginning]);
  });

  test('the one that a number selects', async () => {
    const selectedBy = async (number: string) =>
      (await control.behaviours(number)).map(({ beginning }) => beginning);
    expect(await selectedBy('code-1002-x')).toEqual(['code-NNNN-']);
    expect(await selectedBy('http-199-x')).toEqual([]);
    expect(await selectedBy('2013051500005')).toEqual([]);
  });
});

describe('books', () => {
  beforeEach(() => start());

  test('payments with the real times of their changes, and every event, in order', async () => {
    const before = new Date().toISOString();
    await refund('r-1');
    await refund('other');
    await until(() => callback.received.length === 2);
    await until(() => gateway.notifications('r-1')[0]?.reply !== undefined);
    const books = await control.books('r-1');
    const { payments, events } = books;
    expect(payments).toEqual([
      {
        kind: 'refund',
        oid_refundno: expect.stringMatching(/^20\d{6}00000001$/),
        money_refund: '200.01',
        booked_at: recent,
        statuses: [
          { sta_refund: '1', at: payments[0]?.booked_at },
          { sta_refund: '2', at: recent },
        ],
      },
    ]);
    expect((payments[0]?.booked_at ?? '') >= before).toBe(true);
    expect(textsIn(books)).toEqual([
      'receives the signed request at /refund.htm',
      `books 200.01 CNY as ${payments[0]?.oid_refundno}`,
      'answers 0000, sta_refund 1 (processing), signed',
      'changes sta_refund 1 (processing) to sta_refund 2 (success) in its books',
      `notifies ${callback.url}: sta_refund 2 (success), signed`,
      'has its notification acknowledged',
    ]);
    expect(events[0]).toEqual({
      at: recent,
      type: 'request-received',
      text: expect.any(String),
      fields: expect.objectContaining({ no_refund: 'r-1', money_refund: '200.01' }),
    });
    expect([...events].sort((a, b) => a.at.localeCompare(b.at))).toEqual(events);
  });

  test('a refund that the gateway has never heard of has none', async () => {
    expect(await control.books('nobody')).toEqual({ payments: [], events: [] });
  });
});

describe('notifications', () => {
  beforeEach(() => start());

  const delivered = async (no_refund: string) => {
    await refund(no_refund);
    await until(() => gateway.notifications(no_refund)[0]?.reply !== undefined);
    return (await control.notifications(no_refund)).at(-1) as GatewayNotification;
  };

  test('are shown with the message to the letter and the reply, of one refund or all, the newest last', async () => {
    const first = await delivered('r-1');
    expect(first).toEqual({
      id: 'n-1',
      no_refund: 'r-1',
      at: recent,
      url: callback.url,
      attempt: 1,
      text: callback.received[0]?.text,
      acknowledged: true,
      http_status: 200,
      reply: callback.reply,
    });
    await delivered('r-2');
    const ids = async (no_refund?: string, limit?: number) =>
      (await control.notifications(no_refund, limit)).map(({ id }) => id);
    expect(await ids()).toEqual(['n-1', 'n-2']);
    expect(await ids(undefined, 1)).toEqual(['n-2']);
    expect(await ids('r-2')).toEqual(['n-2']);
    expect(await ids('nobody')).toEqual([]);
    expect(await control.notification('n-1')).toEqual(first);
  });

  test('one whose reply has not come yet has no outcome', async () => {
    callback.hangs = true;
    await refund('r-1');
    await until(() => callback.received.length === 1);
    const [awaited] = await control.notifications();
    expect(Object.keys(awaited ?? {})).toEqual(['id', 'no_refund', 'at', 'url', 'attempt', 'text']);
  });

  test('a long reply is kept in part', async () => {
    Object.assign(callback, { status: 502, reply: 'x'.repeat(100_000) });
    await refund('r-1');
    await until(() => gateway.notifications()[0]?.reply !== undefined);
    const [notification] = await control.notifications();
    expect(notification).toMatchObject({ acknowledged: false, http_status: 502 });
    expect(notification?.reply).toBe(`${'x'.repeat(2_000)}…`);
  });

  test('a resend sends the identical bytes to the same URL, once, and is a notification of its own', async () => {
    const first = await delivered('bare-1');
    callback.status = 503;
    const again = await control.resend(first.id);
    expect(again).toEqual({
      ...first,
      id: 'n-2',
      at: recent,
      acknowledged: false,
      http_status: 503,
    });
    expect(callback.received.map(({ text }) => text)).toEqual([first.text, first.text]);
    expect(first.text).toContain('"money_refund":200.01');
    expect(verifies(callback.received[1]?.text ?? '')).toBe(true);
    expect((await control.notifications()).map(({ id }) => id)).toEqual(['n-1', 'n-2']);
    const told = textsIn(await control.books('bare-1'));
    expect(told.at(-2)).toBe(`notifies ${callback.url}: sta_refund 2 (success), the bytes of n-1 again`);
    // The gateway repeats what it sends by itself, and not what it was told to.
    expect(told.at(-1)).toContain('gets no acknowledgement: HTTP 503');
    expect(gateway.events('bare-1').at(-1)).not.toHaveProperty('repeatInMs');
  });

  test('a resend after a change of keys still has the bytes of before', async () => {
    const first = await delivered('r-1');
    gateway.signWith(readFileSync('sandbox/keys/untrusted-private.pem', 'utf8'));
    await control.resend(first.id);
    expect(callback.received[1]?.text).toBe(first.text);
  });

  test('a notification of its own: with changes, without fields, with a given signature', async () => {
    await delivered('r-1');
    const changes = { sta_refund: '3', settle_date: null };
    const sent = await control.send({ no_refund: 'r-1', changes });
    expect(sent).toMatchObject({ id: 'n-2', no_refund: 'r-1', url: callback.url, acknowledged: true });
    expect(sent.text).toBe(callback.received[1]?.text);
    expect(verifies(sent.text)).toBe(true);
    expect(fieldsOf(sent.text)).toMatchObject({ sta_refund: '3', money_refund: '200.01' });
    expect(fieldsOf(sent.text)).not.toHaveProperty('settle_date');
    const forged = await control.send({ no_refund: 'r-1', changes: { sign: 'forged' } });
    expect(fieldsOf(forged.text).sign).toBe('forged');
    expect(textsIn(await control.books('r-1')).at(-2)).toContain('with a signature that was given');
  });

  test('of a refund that was never booked, to a URL', async () => {
    const order = { no_refund: 'made-elsewhere', changes: { sta_refund: '2' }, url: callback.url };
    expect(await control.send(order)).toMatchObject({ id: 'n-1', acknowledged: true });
    expect(callback.received[0]?.fields).toMatchObject({ no_refund: 'made-elsewhere', sta_refund: '2' });
  });
});

test('what is old is forgotten, and said so', async () => {
  await start({ remembered: 5 });
  for (let count = 1; count <= 7; count += 1) await control.send({ no_refund: 'r-1', url: callback.url });
  expect((await control.notifications()).map(({ id }) => id)).toEqual(['n-3', 'n-4', 'n-5', 'n-6', 'n-7']);
  expect((await control.books('r-1')).events).toHaveLength(5);
  const forgotten = control.resend('n-2');
  await expect(forgotten).rejects.toThrow(
    'There is no notification n-2, or it is forgotten. Look into the list of notifications; the newest is n-7.',
  );
  await expect(forgotten).rejects.toMatchObject({ status: 404 });
  expect(callback.received).toHaveLength(7);
});

describe('what cannot be done says what to do', () => {
  beforeEach(() => start());

  test.each([
    [404, '/nowhere', 'GET', '', 'There is no /nowhere'],
    [404, '/notifications/n-1', 'GET', '', 'There is no notification n-1, or it is forgotten.'],
    [404, '/notifications/n-1/resend', 'POST', '', 'the newest is none yet'],
    [405, '/books', 'POST', '{}', '/books takes GET.'],
    [405, '/notifications', 'DELETE', '', '/notifications takes GET or POST.'],
    [405, '/notifications/n-1/resend', 'GET', '', 'takes POST.'],
    [400, '/books', 'GET', '', 'Say of which refund: /books?no_refund=NUMBER.'],
    [400, '/books?no_refund=', 'GET', '', 'no_refund is empty'],
    [400, '/books?no_refund=a&no_refund=b', 'GET', '', 'Give no_refund once.'],
    [400, '/books?number=a', 'GET', '', '/books takes no parameter number: leave it out.'],
    [400, '/notifications?limit=0', 'GET', '', 'limit must be a whole number from 1'],
    [400, '/notifications?limit=Infinity', 'GET', '', 'limit must be a whole number from 1'],
    [400, '//', 'GET', '', 'The path is no part of a URL.'],
    [400, '/notifications', 'POST', '', 'The body must be a JSON object.'],
    [400, '/notifications', 'POST', '[]', 'The body must be a JSON object.'],
    [400, '/notifications', 'POST', '{}', 'no_refund must be a text.'],
    [400, '/notifications', 'POST', '{"no_refund":"r-1","to":"x"}', 'There is no field to.'],
    [400, '/notifications', 'POST', '{"no_refund":"r-1","changes":[]}', 'changes must be an object.'],
    [400, '/notifications', 'POST', '{"no_refund":"r-1","changes":{"a":1}}', 'changes.a must be a text'],
    [400, '/notifications', 'POST', '{"no_refund":"r-1","url":1}', 'url must be a text.'],
    [400, '/notifications', 'POST', '{"no_refund":"r-1"}', 'r-1 was never booked: give the URL'],
    [400, '/notifications', 'POST', '{"no_refund":"r-1","url":"here"}', "here isn't a URL of http"],
    [400, '/notifications', 'POST', '{"no_refund":"r-1","url":"file:///etc"}', "isn't a URL of http"],
    [
      400,
      '/notifications',
      'POST',
      '{"no_refund":"r-1","url":"http://example.com/"}',
      "isn't on this machine",
    ],
    [
      400,
      '/notifications',
      'POST',
      '{"no_refund":"r-1","url":"http://127.0.0.1.example.com/"}',
      "isn't on this machine",
    ],
  ])('%i for %s %s %s', async (status, path, method, body, words) => {
    const [answered, error] = await errorOf({ path, method, body });
    expect([answered, Object.keys(error)]).toEqual([status, ['name', 'message']]);
    expect(error.message).toContain(words);
    expect(gateway.notifications()).toEqual([]);
  });

  test.each([65_537, 20_000_000])(
    'a body of %i bytes is too large, with or without its length',
    async (bytes) => {
      const sent = { path: '/notifications', method: 'POST', body: '{"no_refund":"r-1"}'.padEnd(bytes) };
      for (const headers of [undefined, { 'transfer-encoding': 'chunked' }]) {
        const message = 'The body has more than 65536 bytes: send a shorter one.';
        expect(await errorOf({ ...sent, headers })).toEqual([413, { name: 'PayloadTooLarge', message }]);
      }
      expect(gateway.notifications()).toEqual([]);
    },
  );

  test('a body of 65536 bytes is read', async () => {
    const order = JSON.stringify({ no_refund: 'r-1', url: callback.url });
    const sent = { path: '/notifications', method: 'POST', body: order.padEnd(65_536) };
    expect(await raw(sent)).toMatchObject({ status: 200 });
  });

  test('an end of the sandbox in the middle of a resend breaks the call, and nothing else', async () => {
    await control.send({ no_refund: 'r-1', url: callback.url });
    callback.hangs = true;
    const resent = control.resend('n-1').catch((error) => error);
    await until(() => callback.received.length === 2);
    await server.stop();
    await gateway.stop();
    expect(await resent).toMatchObject({ status: 0 });
  });

  test('a sandbox that has ended: the client says so', async () => {
    await server.stop();
    const failed = control.notifications();
    await expect(failed).rejects.toBeInstanceOf(SandboxControlError);
    await expect(failed).rejects.toMatchObject({ status: 0, message: expect.stringContaining('npm start') });
  });
});
