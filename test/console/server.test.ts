import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SandboxControlError } from '../../cli/sandbox-control.ts';
import { RefundServiceError } from '../../client/index.ts';
import { Access } from '../../console/access.ts';
import { startConsole } from '../../console/server.ts';
import type { Shown } from '../../console/shown.ts';
import {
  type Asked,
  type RunningConsole,
  runConsole,
  sandboxGateway,
  send,
  shownService,
} from './console-server.ts';

const asked: Asked = [];
const running: RunningConsole[] = [];
let stage: RunningConsole;
let sandbox: RunningConsole;

const start = async (shown: Shown, access?: Access) => {
  const server = await runConsole(shown, access);
  running.push(server);
  return server;
};

beforeAll(async () => {
  stage = await start(shownService(asked));
  sandbox = await start(shownService(asked, { gateway: sandboxGateway(asked) }));
});

afterAll(() => Promise.all(running.map((server) => server.stop())));

beforeEach(() => {
  asked.length = 0;
});

/** Reading a story ends so. */
const noStory = (error: Error): Shown['client']['history'] =>
  // biome-ignore lint/correctness/useYield: it throws before the first entry.
  async function* () {
    throw error;
  };

/** A console over a service that throws. */
const failing = (error: Error) => {
  const fails = async () => Promise.reject(error);
  const { client, ...others } = shownService(asked);
  return start({
    ...others,
    client: { ...client, get: fails, apply: fails, history: noStory(error) },
    gateway: sandboxGateway(asked),
  });
};

const errorIn = ({ status, text }: { status: number; text: string }) => ({
  status,
  ...JSON.parse(text).error,
});

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const policyOf = (text: string) =>
  Object.fromEntries(
    text.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );

test('every answer has the headers that keep other pages out, errors and redirections included', async () => {
  const locked = await start(shownService(asked), new Access());
  const broken = await failing(new Error('broken'));
  const answers = await Promise.all([
    stage.ask('/'),
    stage.ask('/console'),
    stage.ask('/console/page.js'),
    stage.ask('/console/api/about'),
    stage.ask('/console/nowhere'),
    stage.ask('/console', { host: 'evil.example' }),
    stage.post('/console/api/refunds/r-1/refresh', 'no JSON'),
    locked.ask('/console/api/about'),
    locked.post('/console/api/key'),
    broken.ask('/console/api/refunds/r-1'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([303, 200, 200, 200, 404, 403, 400, 401, 401, 502]);
  for (const { headers } of answers) {
    expect(headers).toMatchObject(HEADERS);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(policyOf(String(headers['content-security-policy']))).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
    });
  }
});

test.each([
  ['/console', 'text/html; charset=utf-8', '<div id="console">'],
  ['/console/', 'text/html; charset=utf-8', '<div id="console">'],
  ['/console/page.js', 'text/javascript; charset=utf-8', 'createElement'],
  ['/console/style.css', 'text/css; charset=utf-8', '.timeline'],
  ['/console/icon.svg', 'image/svg+xml; charset=utf-8', '<svg'],
  ['/console/openapi.yaml', 'text/plain; charset=utf-8', 'openapi: 3.1'],
  ['/console/refund-status-changed.schema.json', 'application/schema+json; charset=utf-8', '"$schema"'],
])('%s is served as %s', async (path, type, part) => {
  const { status, headers, text } = await stage.ask(path);
  expect([status, headers['content-type']]).toEqual([200, type]);
  expect(text).toContain(part);
});

test('the page itself holds no script and no style', async () => {
  const { text } = await stage.ask('/console');
  expect(text).not.toMatch(/<script[^>]*>[^<]|<style|\bstyle=|\bon\w+=|https?:/);
});

test('/ leads to the console', async () => {
  expect(await stage.ask('/')).toMatchObject({ status: 303, headers: { location: '/console' }, text: '' });
});

test.each([
  '/nowhere',
  '/console/nowhere',
  '/consolepage.js',
  '/console/../serverless.yml',
  '/console/%2e%2e/serverless.yml',
  '/console/page/main.tsx',
  '//evil.example/console',
  '//evil.example',
  '/\\evil.example',
  'http://evil.example/console',
  '/console/api',
  '/console/api/',
  '/console/api/nowhere',
  '/console/api//refunds',
  '/console/api/refunds/r-1/history/more',
  '/console/api/refunds/r-1/refresh',
  '/console/api/refunds/%',
  '/console/api/refunds/%E0%A4%A',
  '/console/api/about/more',
  '/console/api/__proto__',
])('there is nothing at %s', async (path) => {
  const answer = await stage.ask(path);
  expect(errorIn(answer)).toEqual({
    status: 404,
    name: 'NotFound',
    message: 'The console has nothing there. Open /console.',
  });
  expect(answer.headers).toMatchObject(HEADERS);
  expect(answer.headers).not.toHaveProperty('location');
  expect(asked).toEqual([]);
});

test('a number comes through as it was meant', async () => {
  await stage.ask('/console/api/refunds/a%2Fb%20%C3%A4');
  expect(asked).toEqual([
    ['get', 'a/b ä', undefined],
    ['history', 'a/b ä'],
  ]);
});

/** The numbers of the refunds on each of a service's pages; the last page has the totals. */
const listing = async (pages: string[][]) => {
  const { client, ...others } = shownService(asked);
  const refundOf = async (no_refund: string, version: number) => ({
    ...(await client.get(no_refund)),
    version,
  });
  const list: typeof client.list = async function* (query, options) {
    for (const [index, numbers] of pages.entries()) {
      const isLast = index === pages.length - 1;
      const refunds = await Promise.all(numbers.map((number) => refundOf(number, index + 1)));
      asked.push(['page', index + 1, query, options]);
      yield { refunds, ...(isLast ? { totals: TOTALS } : { next: `after-${index + 1}` }) };
    }
  };
  const server = await start({ ...others, client: { ...client, list } });
  return async (query: string) => {
    asked.length = 0;
    const { refunds, ...more } = JSON.parse((await server.ask(`/console/api/refunds?${query}`)).text);
    const numbers = refunds.map(({ no_refund, version }: { no_refund: string; version: number }) => [
      no_refund,
      version,
    ]);
    return { numbers, ...more, read: asked.filter(([what]) => what === 'page').map(([, page]) => page) };
  };
};

const TOTALS = { succeeded: '1.00', open: '0.00', failed: '0.00', rejected: '0.00' };

test('a list is asked for by the page’s own parameters, and its first page is read', async () => {
  const { text } = await stage.ask('/console/api/refunds?day=20261126&status=FAILED');
  expect(asked).toEqual([['list', { day: '20261126', status: 'FAILED' }, undefined]]);
  expect(JSON.parse(text)).toMatchObject({ refunds: [{ no_refund: 'r-1' }], goesOn: true });
});

test('one call reads all pages that are shown, with the totals that belong to them', async () => {
  const list = await listing([['a'], ['b'], ['c']]);
  const begun = {
    numbers: [
      ['a', 1],
      ['b', 2],
    ],
    goesOn: true,
    read: [1, 2],
  };
  expect(await list('no_order=o&pages=2')).toEqual(begun);
  const whole = {
    numbers: [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ],
    goesOn: false,
    totals: TOTALS,
    read: [1, 2, 3],
  };
  expect(await list('no_order=o&pages=3')).toEqual(whole);
  expect(await list('no_order=o&pages=9')).toEqual(whole);
  expect(asked.find(([what]) => what === 'page')?.slice(2)).toEqual([{ no_order: 'o' }, undefined]);
});

test('a refund that moves while pages are read is there once, as it was read last', async () => {
  const list = await listing([
    ['a', 'b'],
    ['b', 'c'],
  ]);
  expect((await list('open=true&pages=2')).numbers).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 2],
  ]);
});

test.each([
  ['20', 20],
  ['21', 20],
  ['1e9', 20],
  ['Infinity', 20],
  ['1.5', 2],
  ['0', 1],
  ['-1', 1],
  ['many', 1],
  ['', 1],
])('of a list without end, pages=%s reads %d pages', async (pages, count) => {
  const list = await listing(Array.from({ length: 30 }, (_, index) => [`r-${index}`]));
  const { read, goesOn, isCut = false } = await list(`open=true&pages=${pages}`);
  expect({ count: read.length, goesOn, isCut }).toEqual({ count, goesOn: true, isCut: count === 20 });
});

test('a list of twenty pages is whole', async () => {
  const list = await listing(Array.from({ length: 20 }, (_, index) => [`r-${index}`]));
  expect(await list('open=true&pages=20')).not.toHaveProperty('isCut');
});

test.each(['refunds?no_order=o-1&no_order=o-2', 'refunds?pages=1&day=20261126&pages=2', 'refunds/r-1?a=&a='])(
  'a parameter that is given twice is refused: %s',
  async (path) => {
    const { status, name, message } = errorIn(await stage.ask(`/console/api/${path}`));
    const [, parameter] = /\?(\w+)=/.exec(path) ?? [];
    expect({ status, name, message }).toEqual({
      status: 400,
      name: 'InvalidRequest',
      message: `${parameter} is given twice: give it once.`,
    });
    expect(asked).toEqual([]);
  },
);

test.each([
  ['no JSON', '{', 'The body is not a JSON object.'],
  ['a list', '[]', 'The body is not a JSON object.'],
  ['a text', '"x"', 'The body is not a JSON object.'],
  ['null', 'null', 'The body is not a JSON object.'],
  [
    'a body that is too long',
    `{"reason":"${'x'.repeat(5_000_000)}"}`,
    'The body is longer than 65536 bytes.',
  ],
])('%s is refused', async (_what, body, message) => {
  expect(errorIn(await sandbox.post('/console/api/refunds', body))).toEqual({
    status: 400,
    name: 'InvalidRequest',
    message,
  });
  expect(asked).toEqual([]);
});

test('a body that is too long leaves its connection in order', async () => {
  for (const length of [70_000, 300_000, 70_000, 300_000]) {
    await sandbox.post('/console/api/refunds', 'x'.repeat(length));
    expect(await sandbox.ask('/console/api/about')).toMatchObject({ status: 200 });
  }
});

test('a body of the longest length is taken', async () => {
  const body = JSON.stringify({ reason: 'x'.repeat(65_536 - 13) });
  expect(body.length).toBe(65_536);
  expect(await sandbox.post('/console/api/refunds', body)).toMatchObject({ status: 200 });
});

test('the sandbox can be applied to, queried, and told to notify again', async () => {
  const body = JSON.stringify({ kind: 'refund', no_refund: 'r-2', money_refund: '1.00', no_order: 'o' });
  await sandbox.post('/console/api/refunds', body);
  await sandbox.post('/console/api/refunds', JSON.stringify({ kind: 'exchange-refund', no_refund: 'r-3' }));
  await sandbox.post('/console/api/refunds/r-2/refresh');
  await sandbox.post('/console/api/notifications/n-7/resend');
  expect(JSON.parse((await sandbox.ask('/console/api/gateway/r-2')).text)).toEqual({
    books: { payments: [], events: [] },
    notifications: [],
  });
  expect(asked).toEqual([
    ['apply', { no_refund: 'r-2', money_refund: '1.00', no_order: 'o' }],
    ['applyExchange', { no_refund: 'r-3' }],
    ['get', 'r-2', true],
    ['resend', 'n-7'],
    ['books', 'r-2'],
  ]);
});

test('of a stage no refund is applied for, and its gateway shows nothing and takes no orders', async () => {
  const answers = [
    await stage.post('/console/api/refunds', '{"no_refund":"r-2","money_refund":"1.00","no_order":"o"}'),
    await stage.post('/console/api/notifications/n-7/resend'),
    await stage.ask('/console/api/gateway/r-1'),
  ];
  expect(answers.map(errorIn)).toEqual(
    Array(3).fill(expect.objectContaining({ status: 404, name: 'NotFound' })),
  );
  expect(asked).toEqual([]);
});

test('an error of the service has its status, its name, its message and every issue', async () => {
  const issues = [{ path: 'money_refund', message: 'must be CNY yuan' }];
  const { ask, post } = await failing(
    new RefundServiceError({ name: 'InvalidRequest', message: 'It is invalid.', status: 400, issues }),
  );
  const told = { status: 400, name: 'InvalidRequest', message: 'It is invalid.', issues };
  expect(errorIn(await ask('/console/api/refunds/r-1'))).toEqual(told);
  expect(errorIn(await post('/console/api/refunds'))).toEqual(told);
});

test.each([
  [
    'no answer of the service',
    new RefundServiceError({ name: 'NoAnswer', message: 'No answer came.', status: 0 }),
    { status: 502, name: 'NoAnswer', message: 'No answer came.' },
  ],
  [
    'a refund that is not there',
    new RefundServiceError({ name: 'RefundNotFound', message: 'There is none.', status: 404 }),
    { status: 404, name: 'RefundNotFound', message: 'There is none.' },
  ],
  [
    "AWS's credentials that have expired",
    Object.assign(new Error('Token is expired. Run: aws sso login'), { name: 'CredentialsProviderError' }),
    { status: 502, name: 'CredentialsProviderError', message: 'Token is expired. Run: aws sso login' },
  ],
  [
    'a gateway that gives no answer',
    new SandboxControlError('Look whether the sandbox still runs.', 0),
    { status: 502, name: 'Error', message: 'Look whether the sandbox still runs.' },
  ],
  [
    'a number that no URL can have',
    new TypeError("A refund can't be read over HTTP by the number '..'"),
    { status: 400, name: 'InvalidRequest', message: "A refund can't be read over HTTP by the number '..'" },
  ],
])('%s is told', async (_what, error, told) => {
  const { ask } = await failing(error);
  expect(errorIn(await ask('/console/api/refunds/r-1'))).toEqual(told);
});

test('an error tells its name and its text, and nothing else that it carries', async () => {
  const error = Object.assign(
    new Error('It failed.', { cause: new Error('Authorization: AWS4-HMAC AKIASECRET') }),
    {
      request: { headers: { authorization: 'AWS4-HMAC AKIASECRET' } },
      $metadata: { requestId: 'AKIASECRET' },
    },
  );
  const { ask } = await failing(error);
  const { text, headers } = await ask('/console/api/refunds/r-1', { authorization: 'Bearer AKIASECRET' });
  expect(JSON.parse(text)).toEqual({ error: { name: 'Error', message: 'It failed.' } });
  expect(text + JSON.stringify(headers)).not.toMatch(/AKIASECRET|authorization|\.ts\b/i);
});

test('it listens on 127.0.0.1, and on no other address of this machine', async () => {
  expect(new URL(stage.url).hostname).toBe('127.0.0.1');
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => address !== '127.0.0.1')
    .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address));
  for (const host of ['127.0.0.2', '::1', ...others])
    expect([host, await connects(host, stage.port)]).toEqual([host, false]);
  expect(await connects('127.0.0.1', stage.port)).toBe(true);
});

const connects = (host: string, port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (isThere: boolean) => {
      socket.destroy();
      done(isThere);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });

test('a port that is in use is an error with its code', async () => {
  await expect(startConsole(shownService(asked), { port: stage.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('a request line that is no URL ends its own connection only', async () => {
  for (const path of ['*', 'x:y', '?', '/console?a=%'])
    await send(stage.port, { path }).catch(() => undefined);
  expect(await stage.ask('/console')).toMatchObject({ status: 200 });
});
