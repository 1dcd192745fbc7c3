import { type ScriptedServer, type Step, startScript } from '../../client/scripted-server.ts';
import { copyOfProject, removeCopies } from '../../support/project-copies.ts';
import { refunds } from './refunds-command.ts';

const servers: ScriptedServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

afterAll(removeCopies);

async function script(...steps: Step[]): Promise<ScriptedServer> {
  const server = await startScript(steps);
  servers.push(server);
  return server;
}

const error = (name: string, more: object = {}) => ({ error: { name, message: `It is ${name}.`, ...more } });

const refund = (status: string) => ({ no_refund: 'r-1', kind: 'refund', status, created_at: '2026-11-26' });

const apply = ['apply', 'r-1', '1.00', '--order', 'o-1'];

const entry = (code: string, status?: string) => ({
  at: '2026-11-26T01:00:00.000Z',
  code,
  text: `this is ${code}`,
  ...(status && { status }),
});

const begun = entry('refund.created', 'REQUESTED');

const story = (...entries: object[]): Step => [200, { no_refund: 'r-1', entries }];

test.each<[string, string[], Step, number, string]>([
  ['a refund that has succeeded', apply, [200, refund('SUCCEEDED')], 0, 'The refund r-1 is SUCCEEDED.\n'],
  [
    'a refund that is recorded',
    apply,
    [202, refund('PROCESSING')],
    0,
    'The refund r-1 is recorded and PROCESSING. The service carries it to its end.\n',
  ],
  ['a refund that has failed', apply, [200, refund('FAILED')], 1, 'The refund r-1 is FAILED.\n'],
  ['a rejection', apply, [422, error('RefundRejected', { ret_code: '5006' })], 1, 'It is RefundRejected.\n'],
  ["another refund's number", apply, [409, error('RefundConflict')], 1, 'It is RefundConflict.\n'],
  ['a read', ['get', 'r-1'], [200, refund('FAILED')], 0, 'no_refund   r-1\nkind        refund\n'],
  ['an empty list', ['list', '--open'], [200, { refunds: [] }], 0, 'There are none.\n'],
  ['a story that has not come yet', ['history', 'r-1'], story(), 0, 'The story has not come yet'],
  [
    'an end that is good',
    ['watch', 'r-1'],
    story(begun, entry('refund.succeeded', 'SUCCEEDED')),
    0,
    'SUCCEEDED',
  ],
  ['an end that is bad', ['watch', 'r-1'], story(begun, entry('refund.failed', 'FAILED')), 1, 'FAILED'],
  [
    'no end in time',
    ['watch', 'r-1', '--timeout', '1'],
    story(begun),
    5,
    'The refund r-1 has not ended within 1 s, and goes on.\n',
  ],
])('%s: what is said, and the exit status', async (_what, args, step, status, words) => {
  const { url } = await script(step);
  const { code, stdout, stderr } = await refunds([...args, '--url', url]);
  expect({ code, stderr }).toEqual({ code: status, stderr: '' });
  expect(stdout).toContain(words);
});

test('an end that is told before what led to it is not the end of watching, and nothing is told twice', async () => {
  const end = entry('refund.succeeded', 'SUCCEEDED');
  const { url } = await script(story(end), story(begun, end), story(begun, entry('attempt.sent'), end));
  const { code, stdout } = await refunds(['watch', 'r-1', '--json', '--url', url]);
  expect(code).toBe(0);
  const codes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).code);
  expect(codes).toEqual(['refund.succeeded', 'refund.created', 'attempt.sent']);
});

test('a story that lacks its beginning comes to an end too', async () => {
  const { url } = await script(story(entry('refund.failed', 'FAILED')));
  expect((await refunds(['watch', 'r-1', '--url', url])).code).toBe(1);
});

test.each<[string, string[], Step, number]>([
  ['RefundNotFound', ['get', 'r-1'], [404, error('RefundNotFound')], 3],
  ['RefundNotFound', ['watch', 'r-1'], [404, error('RefundNotFound')], 3],
  ['InvalidRequest', apply, [400, error('InvalidRequest', { issues: [] })], 2],
  ['ServiceUnavailable', apply, [503, error('ServiceUnavailable')], 4],
  ['InternalError', ['list', '--open'], [500, error('InternalError')], 4],
])('%s: one line on standard error, and the exit status', async (name, args, step, status) => {
  const { url } = await script(step);
  const { code, stdout, stderr } = await refunds([...args, '--url', url]);
  expect({ code, stdout, stderr }).toEqual({ code: status, stdout: '', stderr: `It is ${name}.\n` });
});

test('an application says what was given, unchanged, and nothing else', async () => {
  const { url, received } = await script([202, refund('REQUESTED')]);
  const words = ['--reference', 'case 7', '--reason', '退货', '--by', 'Ann', '--dt-order', '20261126000000'];
  await refunds([...apply, '--paybill', 'p-1', ...words, '--url', url]);
  await refunds([...apply, '--exchange', '--json', '--url', url]);
  expect(received.map((request) => [request.method, request.url, JSON.parse(request.body)])).toEqual([
    [
      'POST',
      '/refunds',
      {
        no_refund: 'r-1',
        money_refund: '1.00',
        no_order: 'o-1',
        oid_paybill: 'p-1',
        dt_order: '20261126000000',
        reference: 'case 7',
        reason: '退货',
        requested_by: 'Ann',
      },
    ],
    ['POST', '/exchange-refunds', { no_refund: 'r-1', money_refund: '1.00', no_order: 'o-1' }],
  ]);
});

test('a list stops at the limit, and says that there are more', async () => {
  const page = { refunds: [refund('FAILED'), refund('FAILED'), refund('FAILED')] };
  const { url, received } = await script([200, { ...page, next: 'n' }], [200, page]);
  const shown = await refunds([
    'list',
    '--day',
    '20261126',
    '--status',
    'FAILED',
    '--limit',
    '4',
    '--url',
    url,
  ]);
  expect(shown.stdout.match(/r-1 {2}refund/g)).toHaveLength(4);
  expect(shown.stdout).toContain('There are more: give a higher --limit.');
  const path = '/refunds?day=20261126&status=FAILED&limit=4';
  expect(received.map((request) => request.url)).toEqual([path, `${path}&next=n`]);
});

test("a story's text moves no cursor", async () => {
  const { url } = await script(story({ ...entry('refund.failed', 'FAILED'), reason: 'a\u001b[2Kb' }));
  expect((await refunds(['history', 'r-1', '--url', url])).stdout).toContain('(reason a�[2Kb)');
});

test.each([
  ['no payment', ['apply', 'r-1', '1.00'], 'Give --order, --paybill or both.'],
  ['no amount', ['apply', 'r-1'], "missing required argument 'money_refund'"],
  ['two lists', ['list', '--open', '--attention'], 'Give exactly one of'],
  ['no list', ['list'], 'Give exactly one of'],
  ['a limit of nothing', ['list', '--open', '--limit', '0'], 'It must be a whole number from 1.'],
  ['a number that is a path', ['get', '..'], 'It must be the number of a refund.'],
  ['two services', ['get', 'r-1', '--stage', 'x', '--url', 'http://127.0.0.1:9'], 'not both'],
  ['an address that is none', ['get', 'r-1', '--url', 'here'], 'here is not a URL.'],
  [
    'an address that would show the credentials',
    ['get', 'r-1', '--url', 'http://127.0.0.2:9'],
    'http://127.0.0.2:9 is not https: your AWS credentials would be sent in clear. Give an https URL.',
  ],
  [
    'a behaviour where there is no sandbox',
    ['trigger', 'lost', '--url', 'http://127.0.0.1:9'],
    'trigger is for',
  ],
  [
    'the behaviours of a stage',
    ['trigger', '--stage', 'x'],
    'trigger is for the sandbox: leave out --stage and --url.',
  ],
  ['notifications of a stage', ['notifications', 'list', '--stage', 'x'], 'notifications is for the sandbox'],
  ['no notification', ['notifications', 'resend'], "missing required argument 'id'"],
  ['a change without a value', ['notifications', 'send', 'r-1', '--change', 'x'], 'as name=value'],
  ['a behaviour that is too long', ['trigger', 'x'.repeat(30)], 'too long for a number'],
])('%s: status 2, and nothing on standard output', async (_what, args, words) => {
  const { code, stdout, stderr } = await refunds(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('no sandbox: status 2, and what to do', async () => {
  const { code, stderr } = await refunds(['get', 'r-1'], {}, copyOfProject());
  expect(code).toBe(2);
  expect(stderr).toBe(
    'The sandbox is not running. Start it with `npm start` in another terminal. For a deployed stage, give --stage or --url.\n',
  );
});

const notifications = ['list', 'show', 'resend', 'send'].map((part) => `notifications ${part}`);

test.each(['apply', 'get', 'list', 'history', 'watch', 'trigger', ...notifications])(
  '%s --help has examples and the exit statuses',
  async (command) => {
    const { code, stdout, stderr } = await refunds([...command.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Examples:\n  npm run -s refunds -- ${command} `);
    expect(stdout).toContain('Exit status: 0 done; 1 ');
  },
);

test('LANG chooses Chinese', async () => {
  const LANG = 'zh_CN.UTF-8';
  const { stdout } = await refunds(['apply', '--help'], { LANG });
  expect(stdout).toContain('示例：\n  npm run -s refunds -- apply ');
  expect(stdout).toContain('退出状态：0 完成；1 ');
  const { url } = await script([200, refund('SUCCEEDED')]);
  expect((await refunds([...apply, '--url', url], { LANG })).stdout).toBe('退款 r-1 的状态是 SUCCEEDED。\n');
});
