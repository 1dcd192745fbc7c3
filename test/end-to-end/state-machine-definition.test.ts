import aslValidator from 'asl-validator';
import { ThrownByFunction } from '../support/lambda.ts';
import { type Invoke, packagedDefinition, stateMachineRuns } from '../support/state-machine.ts';
import { readTemplate } from '../support/template.ts';

const template = readTemplate();
const [machine] = Object.values(template.ofType('AWS::StepFunctions::StateMachine'));

test('the definition is valid, and no substitution is missing', () => {
  const definition = packagedDefinition(template);
  const { isValid, errorsText } = aslValidator(definition);
  expect(isValid ? '' : errorsText('\n')).toBe('');
  expect(JSON.stringify(definition)).not.toContain('${');
});

test('its role may invoke three functions, and nothing else', () => {
  const role = template.ofType('AWS::IAM::Role').RefundStateMachineRole;
  expect(role && template.allowedTo(role)).toEqual(
    ['apply-refund', 'apply-exchange-refund', 'query-refund'].map((name) => ({
      action: 'lambda:InvokeFunction',
      resource: template.functions[name]?.arn,
    })),
  );
});

test('its data, which contains task tokens, is neither logged nor traced', () => {
  expect(machine?.Properties.StateMachineType).toBe('STANDARD');
  expect(machine?.Properties).not.toHaveProperty('LoggingConfiguration');
  expect(machine?.Properties).not.toHaveProperty('TracingConfiguration');
});

interface Task {
  TimeoutSeconds: number;
  Retry: {
    ErrorEquals: string[];
    IntervalSeconds: number;
    MaxAttempts: number;
    MaxDelaySeconds: number;
  }[];
}

test.each(['ApplyRefund', 'ApplyExchangeRefund'])(
  '%s waits for a day, and retries for half an hour where nothing was sent',
  (name) => {
    const states = packagedDefinition(template).States as unknown as Record<string, Task>;
    const { TimeoutSeconds, Retry } = states[name] as Task;
    expect(TimeoutSeconds).toBe(86_400);
    const [nothingSent] = Retry;
    expect(nothingSent).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL' });
    const { IntervalSeconds, MaxAttempts, MaxDelaySeconds } = nothingSent as Task['Retry'][number];
    const waits = Array.from({ length: MaxAttempts }, (_, n) =>
      Math.min(IntervalSeconds * 2 ** n, MaxDelaySeconds),
    );
    // With full jitter, the average wait is half of the interval.
    const expected = waits.reduce((sum, wait) => sum + wait, 0) / 2;
    expect(expected).toBeGreaterThan(1_500);
    expect(expected).toBeLessThan(2_100);
  },
);

/** The outcome of a task: an answer, or the name of an error. */
type Scripted = Record<string, unknown> | string;

function scripted(script: Partial<Record<string, Scripted[]>>): Invoke {
  return async (name) => {
    const steps = script[name] ?? [];
    // The last outcome is repeated.
    const step = steps.length > 1 ? steps.shift() : steps[0];
    if (typeof step !== 'string') return step;
    throw new ThrownByFunction({ name: step, className: step, message: `${step} it is` });
  };
}

const refund = { no_refund: '1', money_refund: '1.00', no_order: '2' };

/** The result of a run: the output, or the error's name and cause; and the invoked functions. */
async function outcomeOf(input: object, script: Partial<Record<string, Scripted[]>> = {}) {
  const run = stateMachineRuns({ template, invoke: scripted(script) });
  const end = await run.run(input).then(
    (output) => ({ output }),
    ({ name, message }: Error) => ({ error: name, cause: message }),
  );
  return { ...end, invoked: run.invoked.map(({ name }) => name), tokens: run.tokens };
}

const open = { no_refund: '1', status: 'REQUESTED' };

test.concurrent.each([
  ['SUCCEEDED', { output: { ...open, status: 'SUCCEEDED' } }],
  ['FAILED', { error: 'RefundFailed' }],
  ['REJECTED', { error: 'RefundRejected' }],
  ['REQUESTED', { error: 'RefundOpen' }],
  ['INITIALIZED', { error: 'RefundOpen' }],
  ['PROCESSING', { error: 'RefundOpen' }],
])('the query decides after a time-out: %s', async (status, end) => {
  const found = { ...open, status };
  const outcome = await outcomeOf(
    { kind: 'refund', refund },
    { 'apply-refund': ['States.Timeout'], 'query-refund': [found] },
  );
  expect(outcome).toMatchObject({ ...end, invoked: ['apply-refund', 'query-refund'] });
  if ('cause' in outcome) expect(JSON.parse(outcome.cause)).toEqual(found);
});

test.concurrent.each([
  ['InvalidRequest', 'InvalidRequest'],
  ['PayloadTooLarge', 'InvalidRequest'],
  ['RefundConflict', 'RefundConflict'],
  ['RefundRejected', 'RefundRejected'],
])('%s ends the run at once', async (thrown, error) => {
  for (const name of ['apply-refund', 'apply-exchange-refund']) {
    const outcome = await outcomeOf({ kind: name.replace('apply-', ''), refund }, { [name]: [thrown] });
    expect(outcome).toMatchObject({ error, invoked: [name] });
    expect(outcome).toHaveProperty('cause', expect.stringContaining(`${thrown} it is`));
  }
});

test.concurrent.each([
  'ServiceUnavailable',
  'OutcomeUnknown',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'InternalError',
  'Lambda.Unknown',
  'Sandbox.Timedout',
])('%s is retried with another token', async (thrown) => {
  for (const name of ['apply-refund', 'apply-exchange-refund']) {
    const outcome = await outcomeOf(
      { kind: name.replace('apply-', ''), refund },
      { [name]: [thrown, thrown, 'RefundConflict'] },
    );
    expect(outcome).toMatchObject({ error: 'RefundConflict', invoked: [name, name, name] });
    expect(new Set(outcome.tokens).size).toBe(3);
  }
});

test.concurrent.each([
  ['ServiceUnavailable', 14],
  ['Lambda.Unknown', 4],
  ['ConfigurationError', 1],
])('the query decides after a permanent %s', async (thrown, tries) => {
  const script = { 'apply-refund': [thrown], 'query-refund': [{ ...open, status: 'SUCCEEDED' }] };
  const { invoked, ...end } = await outcomeOf({ kind: 'refund', refund }, script);
  expect(end).toMatchObject({ output: { status: 'SUCCEEDED' } });
  expect(invoked).toEqual([...Array(tries).fill('apply-refund'), 'query-refund']);
});

test.concurrent('without a record, nothing was sent', async () => {
  const script = { 'apply-refund': ['ServiceUnavailable'], 'query-refund': ['RefundNotFound'] };
  const outcome = await outcomeOf({ kind: 'refund', refund }, script);
  expect(outcome).toMatchObject({ error: 'NothingSent', cause: expect.stringContaining('Start again') });
  expect(outcome.invoked.filter((name) => name === 'query-refund')).toHaveLength(1);
});

test.concurrent('a failing query is retried, and finally ends the run in RefundOpen', async () => {
  const script = { 'apply-refund': ['States.Timeout'], 'query-refund': ['ServiceUnavailable'] };
  const outcome = await outcomeOf({ kind: 'refund', refund }, script);
  expect(outcome).toMatchObject({ error: 'RefundOpen', cause: expect.stringContaining('goes on') });
  expect(outcome.invoked.filter((name) => name === 'query-refund')).toHaveLength(7);
});

test.concurrent.each<[what: string, input: object]>([
  ['another kind', { kind: 'gift', refund }],
  ['no kind', { refund }],
  ['no refund', { kind: 'refund' }],
  ['a refund that is a text', { kind: 'refund', refund: 'one' }],
  ['no number', { kind: 'exchange-refund', refund: { money_refund: '1.00' } }],
  ['nothing', {}],
])('%s: the error says what to give, and nothing is invoked', async (_what, input) => {
  const outcome = await outcomeOf(input);
  expect(outcome).toMatchObject({ error: 'InvalidRequest', invoked: [] });
  expect(outcome).toHaveProperty('cause', expect.stringMatching(/^Give kind/));
});

test.concurrent('the function gets the refund’s fields and the token of Step Functions, never one of the caller', async () => {
  const run = stateMachineRuns({
    template,
    invoke: scripted({ 'apply-refund': ['RefundConflict'] }),
  });
  const given = { ...refund, notify_url: "https://example.com/a'b{}(,)", task_token: 'mine' };
  await run.run({ kind: 'refund', refund: given }).catch(() => {});
  expect(run.invoked).toEqual([{ name: 'apply-refund', payload: { ...given, task_token: run.tokens[0] } }]);
});
