import { type ChildProcess, spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { isJavaReady } from '../../sandbox/dynamodb/dynamodb-local.ts';
import { unusedPort } from '../../sandbox/http.ts';
import {
  copyOfProject,
  type Ended,
  misleadingEnvironment,
  removeCopies,
  run,
  startSandbox,
  untilUp,
} from '../support/project-copies.ts';

const startOnce = (PORT: string) =>
  run(copyOfProject(), ['scripts/run.mjs', 'start', '--once'], { ...machine(), PORT });

const invokeLocal = (cwd: string, name: string, file: string, more: Record<string, string> = {}) =>
  run(cwd, ['node_modules/serverless/bin/serverless.js', 'invoke', 'local', '-f', name, '-p', file], {
    ...machine(),
    ...more,
  });

/** A proxy that the environment names; no command here may use it. */
let proxy: Server;
const proxied: string[] = [];

function machine(): Record<string, string> {
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const everyProxy = { HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, https_proxy: url };
  return { ...misleadingEnvironment, ...everyProxy, NODE_USE_ENV_PROXY: '1' };
}

async function takenPort(): Promise<{ server: Server; PORT: string }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, PORT: String((server.address() as AddressInfo).port) };
}

const freePort = async () => String(await unusedPort());

/** A route whose function throws. */
function addThrowingRoute(cwd: string): void {
  const handler = "export async function handler() { throw new Error('a secret of the function'); }";
  writeFileSync(join(cwd, 'functions/throwing.ts'), handler);
  const route =
    '  throwing:\n    handler: functions/throwing.handler\n    events: [{ httpApi: GET /throwing }]\n';
  const yml = readFileSync(join(cwd, 'serverless.yml'), 'utf8');
  writeFileSync(join(cwd, 'serverless.yml'), yml.replace(/^functions:\n/m, `functions:\n${route}`));
}

let sandbox: ChildProcess;
/** What `npm start` prints until its demonstration is over. */
let printed: string;
let folder: string;
let once: Promise<Ended>;
let port: string;

beforeAll(async () => {
  proxy = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      proxied.push(String(request).split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  once = startOnce(await freePort());
  folder = copyOfProject();
  addThrowingRoute(folder);
  port = await freePort();
  sandbox = startSandbox(folder, { ...machine(), PORT: port });
  printed = await untilUp(sandbox);
}, 120_000);

afterAll(async () => {
  if (sandbox.exitCode === null) {
    const exited = new Promise((done) => sandbox.once('exit', done));
    sandbox.kill('SIGTERM');
    expect(await exited).toBe(0);
  }
  proxy.close();
  removeCopies();
  expect(proxied).toEqual([]);
}, 30_000);

test('npm start -- --once shows two refunds succeed and ends, whatever AWS settings the machine has', async () => {
  const { code, stdout } = await once;
  expect(stdout.match(/record +SUCCEEDED/g)).toHaveLength(2);
  expect(stdout).toContain('2013051500005');
  expect(stdout).toContain('2013051500006');
  expect(stdout).toContain('has its notification acknowledged');
  const published = ['REQUESTED', 'REQUESTED -> PROCESSING', 'PROCESSING -> SUCCEEDED'];
  expect([...stdout.matchAll(/ s {2}events +(.*)/g)].map(([, change]) => change)).toEqual([
    ...published,
    ...published,
  ]);
  expect(code).toBe(0);
}, 120_000);

/** What differs from run to run: times, ports, and the gateway's numbers. */
const masked = (text: string) =>
  text
    .replace(/\d+\.\d\d s/g, 'T')
    .replace(/(127\.0\.0\.1:|functions-)\d+/g, '$1PORT')
    .replace(/\b20\d{14}\b/g, 'NUMBER');

test('the picture in README.md is what npm start shows', async () => {
  const [, picture = ''] = /^```\n\$ npm start\n(.*?)^```/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
  const isJava = await isJavaReady();
  // A line that ends with … is shown in part, and one names the engine.
  const shown = masked(picture)
    .split('\n')
    .filter((line) => isJava || !line.includes(' DynamoDB: '))
    .map((line) => line.replace(/ ?…\}?$/, '').trim());
  expect(shown.length).toBeGreaterThan(15);
  for (const line of shown) expect(masked(printed)).toContain(line);
}, 120_000);

/** What each sample event comes to, after the demonstration has used the same numbers. */
const expected: Record<string, object> = {
  'apply-refund': { no_refund: '2013051500005', kind: 'refund', status: 'SUCCEEDED' },
  'apply-exchange-refund': { no_refund: '2013051500006', kind: 'exchange-refund', status: 'SUCCEEDED' },
  'notify-callback': { ret_code: '0000', ret_msg: 'ok' },
  'query-refund': { no_refund: '2013051500005', status: 'SUCCEEDED' },
  'refund-history': { no_refund: '2013051500005' },
  'record-refund-history': { batchItemFailures: [] },
  'list-refunds': {
    refunds: expect.arrayContaining([expect.objectContaining({ no_order: '2013051500001' })]),
  },
  'reconcile-refunds': { failed: 0 },
  'publish-refund-events': { batchItemFailures: [] },
};

test.concurrent.each(globSync('events/*.json').sort())(
  '%s has its outcome while the sandbox runs',
  async (file) => {
    const [name = '', http] = file.replace(/^events\/|\.json$/g, '').split('.');
    const { code, stdout, stderr } = await invokeLocal(copyOfProject(folder), name, file);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(stdout.slice(stdout.indexOf('{')));
    if (http) expect(answer.statusCode).toBe(200);
    expect(http ? JSON.parse(answer.body) : answer).toMatchObject(expected[name] ?? {});
    expect(Object.keys(expected)).toContain(name);
  },
  60_000,
);

/** Requests that come to no function, or to one that gives no answer. */
const withoutAnswer: [
  method: string,
  path: string,
  body: string | undefined,
  status: number,
  says: string,
][] = [
  ['GET', '/nothing', undefined, 404, 'Not Found'],
  ['DELETE', '/refunds/2013051500005', undefined, 404, 'Not Found'],
  ['PUT', '/refunds', '{}', 404, 'Not Found'],
  ['OPTIONS', '/refunds', undefined, 404, 'Not Found'],
  ['GET', '/refunds/%zz', undefined, 400, 'Bad Request'],
  ['POST', '/refunds', 'x'.repeat(10 * 1024 * 1024 + 1), 413, 'Request Entity Too Large'],
  ['GET', '/throwing', undefined, 500, 'Internal Server Error'],
];

test.concurrent.each(withoutAnswer)(
  '%s %s is answered in API Gateway’s form, and in the service’s own',
  async (method, path, body, status, says) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body });
    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/json');
    const error = { name: 'ApiGatewayError', message: expect.stringMatching(`^${says}: `) };
    expect(JSON.parse(text)).toEqual({ message: says, error });
    expect(text).not.toContain('secret');
  },
  60_000,
);

test.concurrent('an error of a function has the service’s own form alone', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/refunds/nowhere`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    error: { name: 'RefundNotFound', message: expect.any(String) },
  });
}, 60_000);

/** Requests with Node's own clients. */
const callsThisMachine = `
  import { get } from 'node:http';
  export async function handler() {
    const url = String(process.env.AWS_ENDPOINT_URL_DYNAMODB);
    const viaHttp = await new Promise((done, fail) => get(url, ({ statusCode }) => done(statusCode)).on('error', fail));
    return { statuses: [(await fetch(url)).status, viaHttp] };
  }`;

test.concurrent('a handler’s requests to this machine bypass the proxy', async () => {
  const cwd = copyOfProject(folder);
  writeFileSync(join(cwd, 'functions/query-refund.ts'), callsThisMachine);
  const { stdout } = await invokeLocal(cwd, 'query-refund', 'events/query-refund.json');
  expect(JSON.parse(stdout)).toEqual({ statuses: [400, 400] });
}, 60_000);

test.concurrent('a local call without a running sandbox fails and says how to start one', async () => {
  const { code, stdout, stderr } = await invokeLocal(
    copyOfProject(),
    'apply-refund',
    'events/apply-refund.json',
  );
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain('The sandbox is not running. Start it with `npm start`');
}, 60_000);

test.concurrent('a local call for a port without a sandbox fails, and names that port and the running one', async () => {
  const PORT = await freePort();
  const { code, stdout, stderr } = await invokeLocal(
    copyOfProject(folder),
    'query-refund',
    'events/query-refund.json',
    { PORT },
  );
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain(
    `No sandbox runs on port ${PORT}, but one does on ${port}. Put PORT=${port} before the command`,
  );
  expect(stdout + stderr).toContain(`PORT=${PORT} npm start`);
}, 60_000);

test.concurrent('PORT chooses between two sandboxes, and a local call without it says so', async () => {
  const cwd = copyOfProject(folder);
  const other = String(Number(port) + 1);
  const settings = JSON.parse(readFileSync(join(cwd, `.sandbox/settings-${port}.json`), 'utf8'));
  writeFileSync(
    join(cwd, `.sandbox/settings-${other}.json`),
    JSON.stringify({ pid: process.pid, port: Number(other), environment: {} }),
  );
  expect(settings.port).toBe(Number(port));
  const call = (more: Record<string, string>) =>
    invokeLocal(cwd, 'query-refund', 'events/query-refund.json', more);
  const [chosen, unchosen] = await Promise.all([call({ PORT: port }), call({ PORT: '' })]);
  expect(JSON.parse(chosen.stdout)).toMatchObject({ no_refund: '2013051500005' });
  expect(unchosen.code).not.toBe(0);
  expect(unchosen.stdout + unchosen.stderr).toContain(
    `Sandboxes run on the ports ${port} and ${other}. Choose one: put PORT=${port} before the command.`,
  );
}, 60_000);

test.concurrent('the error for a port in use names it, and no process is left', async () => {
  const { server, PORT } = await takenPort();
  const { code, stderr } = await startOnce(PORT);
  server.close();
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^\\s*Port ${PORT} .*in use.*PORT=\\d+ npm start\\s*$`));
}, 60_000);

test.concurrent('npm start, interrupted before it is ready, ends with status 1, and no process is left', async () => {
  const PORT = await freePort();
  const cwd = copyOfProject();
  const starting = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    cwd,
    env: { ...process.env, ...machine(), PORT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((done) => starting.once('exit', done));
  let errors = '';
  starting.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  starting.stdout.on('data', (chunk: Buffer) => {
    if (String(chunk).includes('Bundling the functions')) starting.kill('SIGTERM');
  });
  expect({ status: await exited, errors }).toEqual({ status: 1, errors: '' });
  await expect(fetch(`http://127.0.0.1:${PORT}/`)).rejects.toThrow();
  expect(globSync('.sandbox/settings-*.json', { cwd })).toEqual([]);
}, 60_000);

test.concurrent.each(['0', '70000', 'http'])(
  'PORT=%s is refused with advice',
  async (PORT) => {
    const { code, stderr } = await startOnce(PORT);
    expect(code).toBe(1);
    expect(stderr).toContain('Give a number from 1 to 65535');
  },
  60_000,
);
