import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Control, startControl } from '../../../sandbox/control.ts';
import { type Gateway, startGateway } from '../../../sandbox/gateway/gateway.ts';
import { startCallback } from '../../sandbox/merchant.ts';
import { copyOfProject, removeCopies } from '../../support/project-copies.ts';
import { refunds } from './refunds-command.ts';

let gateway: Gateway;
let server: Control;
let callback: Awaited<ReturnType<typeof startCallback>>;
let folder: string;

beforeEach(async () => {
  callback = await startCallback();
  gateway = await startGateway({ notifyUrl: callback.url });
  server = await startControl(gateway);
  folder = copyOfProject();
  mkdirSync(join(folder, '.sandbox'));
  writeSettings({ control: server.address });
});

afterEach(async () => {
  await server.stop();
  await gateway.stop();
  await callback.close();
});

afterAll(removeCopies);

/** As `npm start` writes them. */
function writeSettings(more: object): void {
  const settings = { pid: process.pid, port: 9, environment: {}, ...more };
  writeFileSync(join(folder, '.sandbox/settings-9.json'), JSON.stringify(settings));
}

const command = (...args: string[]) => refunds(args, {}, folder);
const notifications = (...args: string[]) => command('notifications', ...args);

test('list: a line each, with what became of it; --refund and --limit choose', async () => {
  expect(await notifications('list')).toEqual({ code: 0, stdout: 'There are none.\n', stderr: '' });
  await gateway.notify('r-1', { sta_refund: '2' });
  Object.assign(callback, { status: 503, reply: 'later\u001b[2K\nplease' });
  await gateway.notify('refund-2');
  const { code, stdout } = await notifications('list');
  expect(code).toBe(0);
  const [first, second, ...others] = stdout.trimEnd().split('\n');
  expect(first).toMatch(/^n-1 {2}20\S+Z {2}r-1 {7}sta_refund 2 {2}attempt 1 {2}acknowledged$/);
  expect(second).toMatch(
    /^n-2 {2}20\S+Z {2}refund-2 {2}sta_refund - {2}attempt 1 {2}not acknowledged \(HTTP 503: later�\[2K�please\)$/,
  );
  expect(others).toEqual([]);
  expect((await notifications('list', '--refund', 'r-1')).stdout.trimEnd()).toBe(
    first?.replace('r-1     ', 'r-1'),
  );
  const { notifications: newest } = JSON.parse(
    (await notifications('list', '--limit', '1', '--json')).stdout,
  );
  expect(newest).toEqual([expect.objectContaining({ id: 'n-2', reply: 'later\u001b[2K\nplease' })]);
});

test('without a part it lists, with the options of a list; what is no part is not taken for a list', async () => {
  await gateway.notify('r-1', { sta_refund: '2' });
  await gateway.notify('r-2', { sta_refund: '2' });
  const listed = await notifications('list');
  expect(listed.stdout).toMatch(/^n-1 .*\nn-2 .*\n$/);
  expect(await notifications()).toEqual(listed);
  const one = await notifications('--refund', 'r-2', '--json');
  expect(one.code).toBe(0);
  expect(JSON.parse(one.stdout).notifications).toEqual([expect.objectContaining({ id: 'n-2' })]);
  expect((await notifications('--help')).stdout).toContain('resend');
  const misspelt = await notifications('resned', 'n-1');
  expect(misspelt).toMatchObject({ code: 2, stdout: '' });
  expect(misspelt.stderr).toContain('resned');
  expect(gateway.notifications()).toHaveLength(2);
});

test('show: every field, with the message to the letter', async () => {
  await gateway.notify('r-1', { sta_refund: '2', ret_msg: '\u001b[2K' });
  const { code, stdout } = await notifications('show', 'n-1');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^text {10}\{"ret_code":"0000",.*"sign":"[\w+/=]+"\}$/m);
  expect(stdout).toMatch(/^acknowledged {2}true$/m);
  expect(stdout).not.toContain('\u001b');
  expect(JSON.parse((await notifications('show', 'n-1', '--json')).stdout).text).toBe(
    callback.received[0]?.text,
  );
});

test('resend: the identical bytes; status 1 where they are not acknowledged', async () => {
  await gateway.notify('r-1', { sta_refund: '2' });
  expect(await notifications('resend', 'n-1')).toEqual({
    code: 0,
    stdout: 'The bytes of n-1 were sent again, as n-2: acknowledged.\n',
    stderr: '',
  });
  Object.assign(callback, { status: 401, reply: '{"ret_code":"9999"}' });
  expect(await notifications('resend', 'n-2')).toEqual({
    code: 1,
    stdout: 'The bytes of n-2 were sent again, as n-3: not acknowledged (HTTP 401: {"ret_code":"9999"}).\n',
    stderr: '',
  });
  const asJson = await notifications('resend', 'n-1', '--json');
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ id: 'n-4', acknowledged: false, http_status: 401 });
  expect(callback.received).toHaveLength(4);
  expect(new Set(callback.received.map(({ text }) => text)).size).toBe(1);
});

test('send: with changes, without fields, to a URL', async () => {
  const changes = ['--change', 'sta_refund=3', '--change', 'ret_msg=a=b', '--without', 'oid_partner'];
  expect(await notifications('send', 'r-1', ...changes, '--to', `${callback.url}?x`)).toEqual({
    code: 0,
    stdout: 'A notification of r-1 was sent, as n-1: acknowledged.\n',
    stderr: '',
  });
  expect(callback.received[0]?.fields).toMatchObject({ no_refund: 'r-1', sta_refund: '3', ret_msg: 'a=b' });
  expect(callback.received[0]?.fields).not.toHaveProperty('oid_partner');
  expect(gateway.notifications()[0]?.notification.url).toBe(`${callback.url}?x`);
  const unsent = await notifications('send', 'r-1', '--to', 'https://merchant.example/');
  expect(unsent).toEqual({
    code: 2,
    stdout: '',
    stderr: "https://merchant.example/ isn't on this machine: give a URL on 127.0.0.1.\n",
  });
});

test.each([
  [['--change', 'sta_refund=3', '--change', 'sta_refund=2'], 'sta_refund'],
  [['--change', 'sta_refund=3', '--change', 'sta_refund=3'], 'sta_refund'],
  [['--without', 'settle_date', '--change', 'a=b', '--change', 'settle_date=20260101'], 'settle_date'],
  [['--without', 'sign', '--without', 'sign'], 'sign'],
])('send %j: a field is named twice, status 2, and nothing is sent', async (changes, name) => {
  expect(await notifications('send', 'r-1', ...changes)).toEqual({
    code: 2,
    stdout: '',
    stderr: `Name ${name} once: with one --change, or with one --without.\n`,
  });
  expect(gateway.notifications()).toEqual([]);
});

test('an id that is unknown: status 3', async () => {
  for (const part of ['show', 'resend']) {
    const { code, stdout, stderr } = await notifications(part, 'n-9/..');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('There is no notification n-9%2F.., or it is forgotten.');
  }
});

test.each([
  ['nonsense', ''],
  ['lost-onec', 'Near to it: lost-once, '],
  ['code', 'Near to it: code-5006, '],
  ['http-999', 'Near to it: http-500, '],
  ['code-50060', 'Near to it: code-5006, '],
  ['', ''],
])(
  "trigger '%s': there is no such behaviour, status 2, and the nearest are named",
  async (behaviour, near) => {
    const { code, stdout, stderr } = await command('trigger', behaviour);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^The sandbox's gateway has no behaviour .*Near to it: [\w-]+, [\w-]+, [\w-]+\. /);
    expect(stderr).toContain(near);
  },
);

test('trigger alone lists the behaviours', async () => {
  const { code, stdout } = await command('trigger');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^code-NNNN {6}Never booked; every request is answered with the return code NNNN\.$/m,
  );
  const { behaviours } = JSON.parse((await command('trigger', '--json')).stdout);
  expect(behaviours).toContainEqual(
    expect.objectContaining({ beginning: 'http-NNN-', example: 'http-500-' }),
  );
});

test('a sandbox that has ended, or that takes no orders: what to do, and nothing secret', async () => {
  await server.stop();
  const ended = await notifications('list');
  expect(ended).toMatchObject({ code: 4, stdout: '' });
  expect(ended.stderr).toMatch(/^The sandbox's gateway gives no answer\. .*`npm start`\.\n$/);
  writeSettings({});
  const old = await notifications('list');
  expect(old).toMatchObject({ code: 2, stdout: '' });
  expect(old.stderr).toContain('was started by an older version');
  writeSettings({ pid: 2 ** 22 + 1 });
  const none = await notifications('list');
  expect(none).toEqual({
    code: 2,
    stdout: '',
    stderr: 'The sandbox is not running. Start it with `npm start` in another terminal.\n',
  });
  for (const { stderr } of [ended, old, none]) expect(stderr).not.toContain(server.address.token);
});

test('in Chinese', async () => {
  await gateway.notify('r-1');
  const { stdout } = await refunds(['notifications', 'resend', 'n-1'], { LANG: 'zh_CN.UTF-8' }, folder);
  expect(stdout).toBe('n-1 的字节已再次发送，编号 n-2：已确认。\n');
});
