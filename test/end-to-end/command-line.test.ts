import type { ChildProcess } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusedPort } from '../../sandbox/http.ts';
import { refunds } from '../cli/refunds/refunds-command.ts';
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
let port: string;

beforeAll(async () => {
  folder = copyOfProject();
  port = String(await unusedPort());
  sandbox = startSandbox(folder, { PORT: port });
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

/** A refund and the codes of its story. */
async function told(number: string) {
  const refund = JSON.parse((await command('get', number, '--json')).stdout);
  const story = JSON.parse((await command('history', number, '--json')).stdout);
  return { refund, codes: story.entries.map(({ code }: { code: string }) => code) };
}

/** What is told of a refund once its story has so many entries: it comes a moment after its refund. */
async function toldIn(entries: number, number: string) {
  const untilMs = Date.now() + 10_000;
  let now = await told(number);
  while (now.codes.length < entries && Date.now() < untilMs) now = await told(number);
  return now;
}

const notificationsOf = async (number: string) =>
  JSON.parse((await command('notifications', 'list', '--refund', number, '--json')).stdout).notifications;

test('a notification that is sent again changes nothing, one that contradicts is recorded, a forged one is not believed', async () => {
  const number = 'notified-1';
  await command('apply', number, '1.00', '--order', 'o-2', '--watch');
  const [first, ...others] = await notificationsOf(number);
  expect(first).toMatchObject({ no_refund: number, acknowledged: true });
  expect(others).toEqual([]);

  const before = await toldIn(4, number);
  const resent = await command('notifications', 'resend', first.id);
  expect(resent).toMatchObject({ code: 0, stderr: '' });
  expect(resent.stdout).toMatch(/^The bytes of n-\d+ were sent again, as n-\d+: acknowledged\.$/m);
  const forged = await command('notifications', 'send', number, '--change', 'sign=forged');
  expect(forged).toMatchObject({ code: 1, stdout: expect.stringContaining('HTTP 401') });
  const sent = await notificationsOf(number);
  expect(sent).toHaveLength(3);
  expect(sent[1].text).toBe(first.text);
  expect(await told(number)).toEqual(before);

  const contradiction = await command('notifications', 'send', number, '--change', 'sta_refund=3');
  expect(contradiction.code).toBe(0);
  const { refund, codes } = await toldIn(5, number);
  expect(codes).toEqual([...before.codes, 'message.conflict']);
  expect(refund).toMatchObject({ status: 'SUCCEEDED', needs_attention: 'conflict' });
}, 30_000);

test('the token of the control is for this user alone, and opens it', async () => {
  const file = join(folder, `.sandbox/settings-${port}.json`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { control } = JSON.parse(readFileSync(file, 'utf8'));
  const statusWith = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${control.url}/books?no_refund=cli-1`, { headers })).status;
  };
  expect([await statusWith(control.token), await statusWith(`${control.token}x`)]).toEqual([200, 401]);
});

test('a behaviour that does not exist: status 2, and nothing is applied for', async () => {
  const listed = () => command('list', '--order', 'triggered', '--json');
  const before = (await listed()).stdout;
  const { code, stdout, stderr } = await command('trigger', 'lost-onec');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('has no behaviour lost-onec. Near to it: lost-once, ');
  expect((await listed()).stdout).toBe(before);
});

test('the doctor finds nothing wrong with the sandbox', async () => {
  const doctor = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'cli/doctor/main.ts'];
  const { code, stdout } = await run(folder, doctor, { ...misleadingEnvironment, PORT: '' });
  expect(stdout).not.toMatch(/^(fault|warning)/m);
  expect(code).toBe(0);
});
