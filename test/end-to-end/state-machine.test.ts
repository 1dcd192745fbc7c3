import { followTable, type TableStream } from '../../sandbox/table-stream.ts';
import { type Lambda, ThrownByFunction } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';
import { type RunOptions, type Runs, stateMachineRuns } from '../support/state-machine.ts';
import { readTemplate } from '../support/template.ts';

const template = readTemplate();
const tokens: string[] = [];
const lambdas: Record<string, Lambda> = {};
let service: Service;
let stream: TableStream;

beforeAll(async () => {
  // Long enough for every answer on a busy machine.
  service = await startService({}, { GATEWAY_TIMEOUT_MS: '2000' });
  const names = ['apply-refund', 'apply-exchange-refund', 'query-refund', 'publish-refund-events'];
  const started = await Promise.all(names.map((name) => service.lambda(name)));
  for (const [index, name] of names.entries()) lambdas[name] = started[index] as Lambda;
  stream = await followTable({
    endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: async (batch) => lambdas['publish-refund-events']?.invoke(batch),
  });
}, 60_000);

afterAll(async () => {
  await stream.stop();
  await service.stop();
});

const testConcurrently = (name: string, body: () => Promise<void>) => test.concurrent(name, body, 30_000);

const invoke = async (name: string, payload: object) => lambdas[name]?.invoke(payload);

function runs(options: Partial<RunOptions> = {}): Runs {
  const { stepFunctions } = service.sandbox;
  return stateMachineRuns({
    template,
    invoke,
    results: stepFunctions.results,
    onToken: (token) => tokens.push(token),
    onTimeout: (token) => stepFunctions.refuse(token, 'TaskTimedOut'),
    ...options,
  });
}

const input = (noRefund: string, more: object = {}) => ({
  kind: 'refund',
  refund: refundInput(noRefund, { ...more }),
});

const failure = (run: Promise<unknown>): Promise<{ name: string; cause: Record<string, unknown> }> =>
  run.then(
    (output) => {
      throw new Error(`it succeeded: ${JSON.stringify(output)}`);
    },
    ({ name, message }: Error) => ({ name, cause: JSON.parse(message) }),
  );

const queryUntilFailed = (no_refund: string) =>
  until(async () => {
    if (!(await service.record(no_refund))) return false;
    const { status } = (await lambdas['query-refund']?.invoke({ no_refund, refresh: true })) ?? {};
    return status === 'FAILED';
  });

const namesOf = ({ invoked }: Runs) => invoked.map(({ name }) => name);

const sentFor = (noRefund: string) =>
  service.sandbox.gateway.requests(noRefund).filter(({ url }) => /refund\.htm$/.test(url));

for (const [kind, apply] of [
  ['refund', 'apply-refund'],
  ['exchange-refund', 'apply-exchange-refund'],
] as const) {
  testConcurrently(`${kind}: success, once the notification has come`, async () => {
    const machine = runs();
    const output = await machine.run({ ...input(`sm-${kind}`), kind });
    expect(output).toMatchObject({
      no_refund: `sm-${kind}`,
      kind,
      status: 'SUCCEEDED',
      money_refund: '200.10',
    });
    expect(JSON.stringify(output)).not.toContain('token');
    expect(namesOf(machine)).toEqual([apply]);
    expect(sentFor(`sm-${kind}`)).toHaveLength(1);
  });

  testConcurrently(`${kind}: failure`, async () => {
    const machine = runs();
    const failed = failure(machine.run({ ...input(`failed-sm-${kind}`), kind }));
    // The failure of an exchange refund is never notified: only a query reports it.
    if (kind === 'exchange-refund') await queryUntilFailed(`failed-sm-${kind}`);
    expect(await failed).toMatchObject({
      name: 'RefundFailed',
      cause: { no_refund: `failed-sm-${kind}`, status: 'FAILED' },
    });
    expect(namesOf(machine)).toEqual([apply]);
  });

  testConcurrently(`${kind}: rejection`, async () => {
    const machine = runs();
    const { name, cause } = await failure(machine.run({ ...input(`code-5006-sm-${kind}`), kind }));
    expect(name).toBe('RefundRejected');
    expect(JSON.stringify(cause)).toContain('5006');
    expect(namesOf(machine)).toEqual([apply]);
  });
}

testConcurrently('an application without an answer succeeds once the notification has come', async () => {
  const machine = runs();
  expect(await machine.run(input('silent-sm'))).toMatchObject({ status: 'SUCCEEDED' });
  expect(namesOf(machine)).toEqual(['apply-refund']);
});

testConcurrently(
  'the query finds a success after the time-out, and the late completion of the task harms nothing',
  async () => {
    const machine = runs({ timeoutSeconds: 5 });
    expect(await machine.run(input('mute-sm'))).toMatchObject({ status: 'SUCCEEDED', refreshed: true });
    expect(machine.invoked.slice(1)).toEqual([
      { name: 'query-refund', payload: { no_refund: 'mute-sm', refresh: true } },
    ]);
    const { stepFunctions, deadLetters } = service.sandbox;
    const [token] = machine.tokens;
    const completions = () => stepFunctions.requests.filter((request) => request.input.taskToken === token);
    await until(() => completions().length > 0);
    // Later changes of the stream are published nevertheless.
    expect(await runs().run(input('sm-after-mute'))).toMatchObject({ status: 'SUCCEEDED' });
    expect(completions()).toHaveLength(1);
    expect(stepFunctions.results.filter((answer) => answer.token === token)).toEqual([]);
    expect(deadLetters.messages).toEqual([]);
  },
);

testConcurrently('the query finds a failure after the time-out', async () => {
  // No server listens there.
  const machine = runs({ timeoutSeconds: 5 });
  const unreachable = { notify_url: 'http://127.0.0.1:9/refund-notifications' };
  expect(await failure(machine.run(input('failed-sm-silent', unreachable)))).toMatchObject({
    name: 'RefundFailed',
    cause: { status: 'FAILED', refreshed: true },
  });
  expect(namesOf(machine)).toEqual(['apply-refund', 'query-refund']);
});

testConcurrently('a refund in doubt after the time-out ends the run in RefundOpen', async () => {
  const machine = runs({ timeoutSeconds: 6 });
  expect(await failure(machine.run(input('lost-sm')))).toMatchObject({
    name: 'RefundOpen',
    cause: { status: 'REQUESTED', refreshed: false },
  });
  expect(namesOf(machine)).toEqual(['apply-refund', 'query-refund']);
});

testConcurrently(
  'an outage of the table is retried with new tokens, sends once, and completes the last task',
  async () => {
    const proxy = await service.proxy(service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB);
    let outage = 2;
    proxy.injectFaults((operation) => (operation === 'PutItem' && outage-- > 0 ? 'refuse' : 'pass'));
    const apply = await service.lambda('apply-refund', { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
    const thrown: string[] = [];
    const machine = runs({
      invoke: (_name, payload) =>
        apply.invoke(payload).catch((error: Error) => {
          thrown.push(error.name);
          throw error;
        }),
    });
    expect(await machine.run(input('sm-outage'))).toMatchObject({ status: 'SUCCEEDED' });
    expect(thrown).toEqual(['ServiceUnavailable', 'ServiceUnavailable']);
    expect(machine.invoked.map(({ payload }) => payload.task_token)).toEqual(machine.tokens);
    expect(new Set(machine.tokens).size).toBe(3);
    expect(sentFor('sm-outage')).toHaveLength(1);
    expect(await service.record('sm-outage')).toMatchObject({ task_token: machine.tokens[2] });
  },
);

testConcurrently(
  'after a function that crashes after the send, the next attempt waits, and nothing is resent',
  async () => {
    let isFirst = true;
    const machine = runs({
      invoke: async (name, payload) => {
        const answer = await invoke(name, payload);
        if (!isFirst) return answer;
        isFirst = false;
        const name_ = 'Sandbox.Timedout';
        throw new ThrownByFunction({ name: name_, className: name_, message: 'timed out after 29 seconds' });
      },
    });
    expect(await machine.run(input('sm-broken-off'))).toMatchObject({ status: 'SUCCEEDED' });
    expect(namesOf(machine)).toEqual(['apply-refund', 'apply-refund']);
    expect(sentFor('sm-broken-off')).toHaveLength(1);
  },
);

testConcurrently('a refund that is final already gives the same end, and nothing is resent', async () => {
  await runs().run(input('sm-ended'));
  expect(await runs().run(input('sm-ended'))).toMatchObject({ status: 'SUCCEEDED' });
  expect(sentFor('sm-ended')).toHaveLength(1);
});

testConcurrently('a rejected refund can be started again, and then succeeds', async () => {
  expect(await failure(runs().run(input('once-5006-sm')))).toMatchObject({ name: 'RefundRejected' });
  expect(await runs().run(input('once-5006-sm'))).toMatchObject({ status: 'SUCCEEDED' });
});

testConcurrently('another refund under the same number is a conflict', async () => {
  await runs().run(input('sm-taken'));
  const other = runs().run(input('sm-taken', { money_refund: '1.00' }));
  expect(await failure(other)).toMatchObject({ name: 'RefundConflict' });
});

testConcurrently('the error for an unknown field names it', async () => {
  const { name, cause } = await failure(runs().run(input('sm-invalid', { amount: '1.00' })));
  expect({ name, message: String(cause.errorMessage) }).toEqual({
    name: 'InvalidRequest',
    message: expect.stringContaining('amount'),
  });
});

// Not concurrent: it comes after the others.
test('no token is in any line of any log', () => {
  const logs = Object.values(lambdas).map((lambda) => lambda.log());
  expect(tokens.length).toBeGreaterThan(15);
  for (const token of tokens) {
    for (const log of logs) expect(log).not.toContain(token.slice(0, 40));
  }
});
