import type { IncomingMessage } from 'node:http';
import { foreignRequest } from '../../console/guard.ts';
import { type Asked, type RunningConsole, runConsole, send, shownService } from './console-server.ts';

const asked: Asked = [];
let open: RunningConsole;

beforeAll(async () => {
  open = await runConsole(shownService(asked));
});

afterAll(() => open.stop());

beforeEach(() => {
  asked.length = 0;
});

const refused = (message: string) => ({ error: { name: 'Refused', message } });

const PAGE_ONLY = refused('The console answers its own page only.');
const JSON_ONLY = refused('The console takes JSON only.');

const own = (port: number) => ({ host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` });

test.each([
  ['evil.example', 'evil.example'],
  ['a name that is made to lead here', 'evil.example:PORT'],
  ['a name that begins like this machine', '127.0.0.1:PORT.evil.example'],
  ['another port', '127.0.0.1:1'],
  ['no port', '127.0.0.1'],
  ['another address of this machine', '127.0.0.2:PORT'],
])('a request to %s is refused, whatever it asks for', async (_whose, host) => {
  const headers = { host: host.replace('PORT', String(open.port)) };
  for (const path of ['/', '/console', '/console/page.js', '/console/api/refunds/r-1']) {
    const { status, text } = await open.ask(path, headers);
    expect([path, status]).toEqual([path, 403]);
    expect(JSON.parse(text)).toEqual(refused(`Open the console at http://127.0.0.1:${open.port}/console.`));
  }
  expect(asked).toEqual([]);
});

test.each(['127.0.0.1', 'localhost'])('the name %s of this machine is answered', async (name) => {
  const host = `${name}:${open.port}`;
  expect(await open.ask('/console', { host })).toMatchObject({ status: 200 });
  expect(
    await open.post('/console/api/refunds/r-1/refresh', '{}', { host, origin: `http://${host}` }),
  ).toMatchObject({
    status: 200,
  });
});

test.each([
  ['http://evil.example'],
  ['null'],
  ['http://127.0.0.1:1'],
  ['https://127.0.0.1:PORT'],
  ['http://localhost:PORT'],
  [''],
])('a request of a page of %s is refused', async (origin) => {
  const headers = { origin: origin.replace('PORT', String(open.port)) };
  const answers = [
    await open.ask('/console/api/refunds/r-1', headers),
    await open.post('/console/api/refunds/r-1/refresh', '{}', headers),
  ];
  for (const { status, text } of answers) {
    expect(status).toBe(403);
    expect(JSON.parse(text)).toEqual(PAGE_ONLY);
  }
  expect(asked).toEqual([]);
});

test.each([
  ['cross-site', 'no-cors', 'GET', '/console/page.js', 403],
  ['cross-site', 'cors', 'GET', '/console/api/refunds/r-1', 403],
  // Another port of this machine is of the same site, and foreign all the same.
  ['same-site', 'cors', 'GET', '/console/api/refunds/r-1', 403],
  ['same-origin', 'cors', 'GET', '/console/api/refunds/r-1', 200],
  ['none', 'navigate', 'GET', '/console', 200],
  // A link elsewhere may open the page: whoever has the link can't read it.
  ['cross-site', 'navigate', 'GET', '/console', 200],
  ['cross-site', 'navigate', 'POST', '/console/api/refunds/r-1/refresh', 403],
  ['cross-site', 'cors', 'POST', '/console/api/refunds/r-1/refresh', 403],
  ['same-origin', 'cors', 'POST', '/console/api/refunds/r-1/refresh', 200],
])(
  'Sec-Fetch-Site: %s, Sec-Fetch-Mode: %s: %s %s is answered %d',
  async (site, mode, method, path, status) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'content-type': 'application/json' };
    const answer = await send(open.port, { method, path, headers, body: method === 'POST' ? '{}' : '' });
    expect(answer.status).toBe(status);
    expect(asked.length > 0).toBe(status === 200 && path.includes('api'));
  },
);

test.each([
  ['no type', undefined],
  ['text/plain', 'text/plain'],
  ['a form', 'application/x-www-form-urlencoded'],
  ['a form with files', 'multipart/form-data; boundary=b'],
  ['text that ends like JSON', 'text/plain; application/json'],
])('a POST with %s is refused: any page can send it', async (_what, type) => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
    const headers = { ...own(open.port), ...(type && { 'content-type': type }) };
    const body = method === 'HEAD' ? '' : '{}';
    const { status, text } = await send(open.port, {
      method,
      path: '/console/api/refunds/r-1/refresh',
      headers,
      body,
    });
    expect([method, status]).toEqual([method, 403]);
    if (method !== 'HEAD') expect(JSON.parse(text)).toEqual(JSON_ONLY);
  }
  expect(asked).toEqual([]);
});

test.each([
  [80, '127.0.0.1', true],
  [80, 'localhost', true],
  [80, 'evil.example', false],
  [80, '127.0.0.1:81', false],
  [3_100, '127.0.0.1:3100', true],
  [3_100, '127.0.0.1', false],
])('on port %d the host %s is its own: %s', (port, host, isOwn) => {
  const said = (headers: Record<string, string>) =>
    foreignRequest({ method: 'GET', headers: { host, ...headers } } as unknown as IncomingMessage, port);
  expect(said({}) === undefined).toBe(isOwn);
  expect(said({ origin: `http://${host}` }) === undefined).toBe(isOwn);
  expect(said({ origin: `https://${host}` })).toMatch(/./);
});
