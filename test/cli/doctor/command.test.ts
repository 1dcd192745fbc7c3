import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { close, listen } from '../../../sandbox/http.ts';
import { readSandboxKeys } from '../../../sandbox/keys.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { copyOfProject, misleadingEnvironment, removeCopies, run } from '../../support/project-copies.ts';
import { healthyState, startAccount } from './aws-account.ts';

let sandbox: Sandbox;
let routes: Server;
let port: string;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ engine: 'dynalite' });
  routes = createServer((_request, response) => response.end('{}'));
  port = new URL(await listen(routes, 0, 'the routes')).port;
  folder = copyOfProject();
  mkdirSync(join(folder, '.sandbox'));
  writeSettings({});
});

afterAll(async () => {
  await close(routes);
  await sandbox.stop();
  removeCopies();
});

/** As `npm start` writes them. */
function writeSettings(more: object): void {
  const NOTIFY_URL = `http://127.0.0.1:${port}/refund-notifications`;
  const environment = { ...sandbox.settings, NOTIFY_URL, ...more };
  const settings = { pid: process.pid, port: Number(port), environment };
  writeFileSync(join(folder, `.sandbox/settings-${port}.json`), JSON.stringify(settings));
}

const doctor = (args: string[] = [], environment: Record<string, string> = {}, cwd = folder) =>
  run(cwd, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'cli/doctor/main.ts', ...args], {
    PORT: '',
    ...environment,
  });

test('the sandbox is healthy, whatever AWS settings the machine has: a line for each part, status 0', async () => {
  const { code, stdout, stderr } = await doctor([], misleadingEnvironment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [title, ...lines] = stdout.trim().split('\n');
  expect(title).toBe(`Looking at the sandbox on port ${port}; nothing is changed.`);
  expect(lines.pop()).toBe('Found no faults and no warnings.');
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(line).toMatch(/^ok {7}[a-z]/);
  expect(stdout).not.toContain('\u001b');
});

test('--json, for programs', async () => {
  const { stdout } = await doctor(['--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    looked_at: `the sandbox on port ${port}`,
    faults: 0,
    warnings: 0,
    findings: expect.arrayContaining([
      {
        check: 'table',
        verdict: 'ok',
        what: 'The table refunds, its 6 indexes and its stream are as defined',
      },
    ]),
  });
});

test('a fault is one line with what to do, and status 1', async () => {
  const { merchant, gateway } = readSandboxKeys();
  const secretId = sandbox.settings.LIANLIAN_KEY_SECRET_ID;
  sandbox.secretsManager.set(secretId, merchant.publicKey);
  const { code, stdout } = await doctor();
  sandbox.secretsManager.set(secretId, gateway.publicKey);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^fault {4}keys +The secret 'sandbox\/lianlian-keys' holds .* Store LianLian's .*\.$/m,
  );
  expect(stdout).toContain('Found 1 fault and no warnings.');
});

test.each([
  ['the gateway', { LIANLIAN_TRADER_URL: 'http://127.0.0.1:9' }, /^fault {4}gateway .*ECONNREFUSED/m],
  ['DynamoDB', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' }, /^fault {4}table .*ECONNREFUSED/m],
  ['the bus', { AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9' }, /^fault {4}event bus .*ECONNREFUSED/m],
  ['a merchant', { OID_PARTNER: '' }, /^fault {4}settings .*OID_PARTNER is missing \(all functions\)/m],
])('without %s there is a fault', async (_what, more, expected) => {
  writeSettings(more);
  const { code, stdout } = await doctor();
  writeSettings({});
  expect(code).toBe(1);
  expect(stdout).toMatch(expected);
});

test('routes that fail are a fault', async () => {
  routes.prependOnceListener('request', (_request, response) => response.writeHead(500));
  const { code, stdout } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^fault {4}routes .* answers 500/m);
});

test('a stage, by the endpoints and credentials of the environment', async () => {
  const account = await startAccount(healthyState({ url: 'https://127.0.0.1:9', ca: '' }));
  try {
    const { code, stdout, stderr } = await doctor(['--stage', 'prod', '--json'], account.environment);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ looked_at: 'the stack lianlian-refunds-prod' });
    account.state.denied.push('DescribeStacks');
    const refused = await doctor(['--stage', 'prod'], account.environment);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^The stack lianlian-refunds-prod can't be read \(AccessDenied/);
  } finally {
    await account.stop();
  }
});

test('a stage without credentials: status 2, that there are none, and what to do', async () => {
  const { code, stdout, stderr } = await doctor(['--stage', 'prod'], {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^No AWS credentials were found that can be used \(.+\)\. Log in .*\n$/);
});

test.each([
  ['no sandbox on the port', [], { PORT: '9' }, 'No sandbox runs on port 9, but one does on'],
  ['a region without a stage', ['--region', 'ap-east-1'], {}, 'give --stage too'],
  ['an unknown option', ['--stge'], {}, "unknown option '--stge'"],
])('%s: status 2, and nothing on standard output', async (_what, args, environment, words) => {
  const { code, stdout, stderr } = await doctor(args, environment as Record<string, string>);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
});

test('no sandbox at all: status 2', async () => {
  const { code, stderr } = await doctor([], {}, copyOfProject());
  expect(code).toBe(2);
  expect(stderr).toContain('The sandbox is not running. Start it with `npm start`');
});

test('--help has examples and the exit statuses', async () => {
  const { code, stdout } = await doctor(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('npm run doctor -- --stage prod');
  expect(stdout).toContain('Exit status: 0 no fault, 1 a fault, 2');
});
