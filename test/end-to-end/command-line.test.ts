import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusedPort } from '../../sandbox/http.ts';
import { STATUSES } from '../../shared/domain/life-cycle.ts';
import { refunds } from '../cli/refunds/refunds-command.ts';
import { type Route, routes } from '../support/http-api.ts';
import { requestsIn } from '../support/http-file.ts';
import {
  copyOfProject,
  misleadingEnvironment,
  removeCopies,
  run,
  startSandbox,
  untilUp,
} from '../support/project-copies.ts';

let sandbox: ChildProcess;
let folder: string;
let port: number;

beforeAll(async () => {
  folder = copyOfProject();
  port = await unusedPort();
  sandbox = startSandbox(folder, { PORT: String(port) });
  await untilUp(sandbox);
}, 120_000);

afterAll(async () => {
  if (sandbox.exitCode === null) {
    const exited = new Promise((done) => sandbox.once('exit', done));
    sandbox.kill('SIGTERM');
    await exited;
  }
  removeCopies();
}, 30_000);

/** In the folder whose sandbox runs, whatever AWS settings the machine has. */
const command = (...args: string[]) => refunds(args, misleadingEnvironment, folder);

const statusesIn = (text: string) => text.match(/\b(REQUESTED|PROCESSING|SUCCEEDED|REJECTED|FAILED)\b/g);

test('a refund from its application to its end, read, listed, told, and verified', async () => {
  const order = ['--order', 'o-1'];
  const applied = await command('apply', 'cli-1', '1.00', ...order, '--reason', 'late', '--watch');
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  const [said = '', ...timeline] = applied.stdout.trim().split('\n');
  expect(said).toBe('The refund cli-1 is recorded and PROCESSING. The service carries it to its end.');
  for (const line of timeline) expect(line).toMatch(/^20\S+Z +\+\d+\.\d\d s {2}/);
  expect(timeline).toHaveLength(4);
  expect(applied.stdout).not.toContain('\u001b');

  const told = await command('history', 'cli-1');
  expect(statusesIn(told.stdout)).toEqual(['REQUESTED', 'PROCESSING', 'SUCCEEDED']);

  const read = await command('get', 'cli-1', '--json');
  expect(JSON.parse(read.stdout)).toMatchObject({ no_refund: 'cli-1', status: 'SUCCEEDED', reason: 'late' });

  const listed = await command('list', ...order);
  expect(listed.stdout).toMatch(/^20\S+ {2}cli-1 {2}refund {2}1\.00 {2}SUCCEEDED$/m);
  expect(listed.stdout).toContain('In all (CNY): succeeded 1.00, open 0.00, failed 0.00, rejected 0.00');

  const exported = await command('history', 'cli-1', '--json');
  writeFileSync(join(folder, 'story.json'), exported.stdout);
  const verified = await command('verify', 'story.json', '--key', 'sandbox/keys/gateway-public.pem');
  expect(verified.code).toBe(0);
  expect(verified.stdout).toContain('All follows, by 2 verified messages. It comes to: SUCCEEDED, 1.00 CNY');
});

test.each([
  ['lost-once', [], 0, ['REQUESTED', 'REQUESTED', 'PROCESSING', 'SUCCEEDED']],
  ['code-5006', [], 1, ['REQUESTED', 'REJECTED']],
  ['failed-now', ['--exchange'], 1, ['FAILED', 'REQUESTED', 'FAILED']],
])('trigger %s is watched to its end', async (behaviour, more, status, statuses) => {
  const { code, stdout, stderr } = await command('trigger', behaviour, ...more);
  expect({ code, stderr }).toEqual({ code: status, stderr: '' });
  expect(stdout).toContain(`${behaviour}-`);
  // While a story is being recorded, its entries may come in another order.
  expect(statusesIn(stdout)?.sort()).toEqual([...statuses].sort());
});

test('--json prints an entry of the timeline on each line', async () => {
  const { code, stdout } = await command('trigger', 'success', '--json');
  expect(code).toBe(0);
  const entries = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const codes = entries.map((entry) => entry.code).sort();
  expect(codes).toEqual(['attempt.sent', 'refund.created', 'refund.succeeded']);
});

/** The word of a body that docs/calling.http names: of a refund, an error, a reply to the gateway, or a page. */
function wordOf(body: Record<string, unknown>): unknown {
  const { status, error, ret_msg, refunds, entries } = body as { error?: { name: string } } & typeof body;
  return error?.name ?? status ?? ret_msg ?? (refunds ? 'refunds' : entries && 'entries');
}

test('each request of docs/calling.http has the outcome that stands above it', async () => {
  const requests = requestsIn('docs/calling.http');
  const outcomes: [title: string, outcome: string][] = [];
  for (const { title, method, urlAt, headers, body } of requests) {
    const answer = await fetch(urlAt(`http://127.0.0.1:${port}`), { method, headers, body: body ?? null });
    outcomes.push([title, `${answer.status} ${wordOf((await answer.json()) as Record<string, unknown>)}`]);
  }
  expect(outcomes).toEqual(requests.map(({ title, outcome }) => [title, outcome]));

  const paths = requests.map(({ method, urlAt }) => `${method} ${new URL(urlAt('http://any')).pathname}`);
  const isCalled = ({ method, path }: Route) =>
    paths.some((called) => new RegExp(`^${method} ${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(called));
  expect(routes.filter((route) => !isCalled(route))).toEqual([]);
  const statuses = new Set(outcomes.map(([, outcome]) => outcome.split(' ')[1]));
  for (const status of STATUSES) expect(statuses).toContain(status);
}, 60_000);

test('the doctor finds nothing wrong with the sandbox', async () => {
  const doctor = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'cli/doctor/main.ts'];
  const { code, stdout } = await run(folder, doctor, { ...misleadingEnvironment, PORT: '' });
  expect(stdout).not.toMatch(/^(fault|warning)/m);
  expect(code).toBe(0);
});
