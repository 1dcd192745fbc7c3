import { Access } from '../../console/access.ts';
import { type Asked, type RunningConsole, runConsole, shownService } from './console-server.ts';

const asked: Asked = [];
const running: RunningConsole[] = [];

const start = async (access?: Access) => {
  const server = await runConsole(shownService(asked), access);
  running.push(server);
  return server;
};

beforeEach(() => {
  asked.length = 0;
});

afterAll(() => Promise.all(running.map((server) => server.stop())));

const NO_ACCESS = {
  error: {
    name: 'NoAccess',
    message:
      'Open the link that the command has printed. It works once: for another browser, or where somebody else has used it, end the console and start it again.',
  },
};

const codeIn = (url: string) => url.split('#key=')[1] ?? '';

const redeem = async (server: RunningConsole, code: unknown) => {
  const { status, text, headers } = await server.post('/console/api/key', JSON.stringify({ code }));
  return { status, headers, content: JSON.parse(text) };
};

const opened = async () => {
  const server = await start(new Access());
  const { key } = (await redeem(server, codeIn(server.url))).content as { key: string };
  return { server, key };
};

const CALLS = ['about', 'refunds?day=20261126', 'refunds/r-1', 'gateway/r-1', 'nowhere', 'refunds?a=1&a=2'];

test('without the key every call is refused, and whoever makes it learns nothing', async () => {
  const server = await start(new Access());
  for (const path of CALLS) {
    const { status, text, headers } = await server.ask(`/console/api/${path}`);
    expect([path, status, JSON.parse(text)]).toEqual([path, 401, NO_ACCESS]);
    expect(headers).not.toHaveProperty('set-cookie');
  }
  for (const path of ['refunds/r-1/refresh', 'refunds', 'notifications/n-1/resend', 'nowhere']) {
    const { status, text } = await server.post(`/console/api/${path}`, '{');
    expect([path, status, JSON.parse(text)]).toEqual([path, 401, NO_ACCESS]);
  }
  expect(asked).toEqual([]);
});

test('the files of the page are served without the key: they hold nothing of it', async () => {
  const { server, key } = await opened();
  for (const file of ['', '/page.js', '/style.css', '/icon.svg', '/openapi.yaml']) {
    const { status, text, headers } = await server.ask(`/console${file}`);
    expect([file, status, headers['set-cookie']]).toEqual([file, 200, undefined]);
    expect(text).not.toContain(key);
    expect(text).not.toContain(codeIn(server.url));
  }
});

test('the link ends with a code that is no part of any request, and is exchanged for the key', async () => {
  const { server, key } = await opened();
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console#key=[\w-]{32}$/);
  expect(new URL(server.url)).toMatchObject({ pathname: '/console', search: '' });
  expect(key).toMatch(/^[\w-]{32}$/);
  expect(key).not.toBe(codeIn(server.url));
  expect(await server.ask('/console/api/about', { authorization: `Bearer ${key}` })).toMatchObject({
    status: 200,
  });
  const headers = { authorization: `Bearer ${key}` };
  expect(await server.post('/console/api/refunds/r-1/refresh', '{}', headers)).toMatchObject({ status: 200 });
  expect(asked).toEqual([['get', 'r-1', true]]);
});

test('a code works once', async () => {
  const { server } = await opened();
  // The link of a console that is in use has no code to guess either.
  for (const code of [codeIn(server.url), undefined, 'undefined', null, ''])
    expect(await redeem(server, code)).toMatchObject({ status: 401, content: NO_ACCESS });
});

test('a code that is wrong gets nothing, and leaves the true one as it is', async () => {
  const server = await start(new Access());
  const code = codeIn(server.url);
  const wrong = [
    `${code}k`,
    code.slice(1),
    `${code.slice(1)}~`,
    '',
    'undefined',
    [code],
    { code },
    1,
    null,
    true,
  ];
  for (const one of wrong)
    expect(await redeem(server, one)).toMatchObject({ status: 401, content: NO_ACCESS });
  expect(await server.ask(`/console/api/key?code=${code}`)).toMatchObject({ status: 401 });
  expect(await redeem(server, code)).toMatchObject({ status: 200, content: { key: expect.any(String) } });
});

test('of two browsers that use the link at once, one gets the key', async () => {
  const server = await start(new Access());
  const answers = await Promise.all([1, 2, 3].map(() => redeem(server, codeIn(server.url))));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
});

test('a wrong key opens nothing, and neither does the code, a cookie, or a parameter', async () => {
  const { server, key } = await opened();
  const wrong = [key, `Bearer ${key}k`, `Bearer ${key.slice(1)}`, `Bearer ${key.slice(1)}~`, `Basic ${key}`];
  for (const authorization of [...wrong, 'Bearer ', 'Bearer undefined', `Bearer ${codeIn(server.url)}`])
    expect([authorization, (await server.ask('/console/api/refunds/r-1', { authorization })).status]).toEqual(
      [authorization, 401],
    );
  expect(await server.ask('/console/api/about', { cookie: `console-key=${key}` })).toMatchObject({
    status: 401,
  });
  expect(await server.ask(`/console/api/about?key=${key}`)).toMatchObject({ status: 401 });
  expect(asked).toEqual([]);
});

test('each console has a key and a code of its own', async () => {
  const [one, other] = [await opened(), await opened()];
  expect(one.key).not.toBe(other.key);
  expect(codeIn(one.server.url)).not.toBe(codeIn(other.server.url));
  const authorization = `Bearer ${one.key}`;
  expect(await other.server.ask('/console/api/about', { authorization })).toMatchObject({ status: 401 });
});

test('neither the key nor the code helps a foreign page', async () => {
  const { server, key } = await opened();
  const headers = { authorization: `Bearer ${key}` };
  const foreign: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { host: 'evil.example' },
  ];
  for (const from of foreign)
    expect(await server.ask('/console/api/about', { ...headers, ...from })).toMatchObject({ status: 403 });
  const typed = { ...headers, 'content-type': 'text/plain' };
  expect(await server.post('/console/api/refunds/r-1/refresh', '{}', typed)).toMatchObject({ status: 403 });
  expect(asked).toEqual([]);
  const fresh = await start(new Access());
  const body = JSON.stringify({ code: codeIn(fresh.url) });
  for (const from of foreign)
    expect(await fresh.post('/console/api/key', body, from)).toMatchObject({ status: 403 });
  expect(await redeem(fresh, codeIn(fresh.url))).toMatchObject({ status: 200 });
});

test('a console for everybody on this machine has a link without a code, and no key', async () => {
  const server = await start();
  expect(server.url).toBe(`http://127.0.0.1:${server.port}/console`);
  expect(await server.ask('/console/api/about')).toMatchObject({ status: 200 });
  expect(await redeem(server, 'anything')).toMatchObject({ status: 404 });
});
