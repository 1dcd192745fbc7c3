import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { StateMachine } from 'aws-local-stepfunctions';
import { parse } from 'yaml';
import type { BusEvent } from '../../sandbox/aws/event-bridge.ts';
import { followTable, type TableStream } from '../../sandbox/table-stream.ts';
import { post } from '../support/api-gateway.ts';
import { rulesOf } from '../support/event-rules.ts';
import type { Lambda } from '../support/lambda.ts';
import { ThrownByFunction } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { faultsOf, validateEvent } from '../support/openapi.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';
import { stateMachineRuns } from '../support/state-machine.ts';
import { readTemplate } from '../support/template.ts';

const rulesFile = 'docs/calling/event-rules.yml';
const rules = rulesOf(rulesFile);
const shown = JSON.parse(readFileSync('docs/calling/event.json', 'utf8'));
let service: Service;
let stream: TableStream;
let notify: Lambda;
const lambdas: Record<string, Lambda> = {};

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 300 });
  for (const name of ['apply-refund', 'query-refund', 'publish-refund-events'])
    lambdas[name] = await service.lambda(name);
  notify = await service.lambda('notify-callback');
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

const apply = (input: object) => lambdas['apply-refund']?.invoke(input);

/** The event as a rule sees it: EventBridge adds its envelope. */
const enveloped = ({ id, source, detailType, detail }: BusEvent): Event => ({
  ...shown,
  ...{ id, source, 'detail-type': detailType, detail, time: new Date().toISOString() },
});

interface Event {
  detail: BusEvent['detail'];
}

/** The events of a refund, once it has come to a status. */
const eventsOf = (noRefund: string, last: string) =>
  until(() => {
    const all = service.sandbox.eventBridge.events.filter(({ detail }) => detail.no_refund === noRefund);
    return all.some(({ detail }) => detail.status === last) && all.map(enveloped);
  });

/** The event of a refund's success. */
async function lastEventOf(noRefund: string): Promise<Event> {
  const events = await eventsOf(noRefund, 'SUCCEEDED');
  return events.find(({ detail }) => detail.status === 'SUCCEEDED') as Event;
}

const rulesFor = (event: object) => rules.filter(({ takes }) => takes(event)).map(({ name }) => name);

test('cloudformation-validate finds nothing in the rules', () => {
  const engine = new CelEngine();
  const { diagnostics } = engine.validateStandard(new TemplateFile(rulesFile));
  engine.free();
  const found = diagnostics.filter(({ severity }) => !['INFO', 'DEBUG'].includes(severity));
  expect(found.map(({ ruleId, message, entity }) => ({ ruleId, message, entity }))).toEqual([]);
}, 60_000);

test('the rules take ends and rejections, and nothing before', async () => {
  await apply(refundInput('rule-1'));
  await apply(refundInput('code-5006-rule'))?.catch(({ name }) => expect(name).toBe('RefundRejected'));
  const events = [
    ...(await eventsOf('rule-1', 'SUCCEEDED')),
    ...(await eventsOf('code-5006-rule', 'REJECTED')),
  ];
  for (const event of events) expect(faultsOf(validateEvent, event)).toEqual([]);
  const taken = events.map((event) => [event.detail.status, ...rulesFor(event)]);
  expect(taken.sort()).toEqual([
    ['PROCESSING'],
    ['REJECTED', 'RefundEndsRule'],
    ['REQUESTED'],
    ['REQUESTED'],
    ['SUCCEEDED', 'RefundEndsRule'],
  ]);
});

test('the event of the page is one of these', async () => {
  await apply(refundInput('rule-2', { reason: 'damaged', reference: '4711' }));
  const end = await lastEventOf('rule-2');
  expect(Object.keys(end.detail).sort()).toEqual(Object.keys(shown.detail).sort());
});

test('a change of a refund with a conflict is told to the topic and to Slack', async () => {
  const settle = (overrides: Record<string, string>) =>
    post(notify, '/refund-notifications', signedMessage(service.sandbox.gateway, 'rule-3', overrides));
  await service.beforeNotifications(async () => {
    await apply(refundInput('rule-3'));
    await settle({ sta_refund: '2', oid_refundno: '9999999999999999' });
    await settle({ sta_refund: '2' });
  });
  const end = await lastEventOf('rule-3');
  expect(rulesFor(end)).toEqual(['NeedsAttentionRule', 'RefundEndsRule']);
  const told = rules.flatMap(({ name, targets }) => targets.map(({ id, input }) => [name, id, input(end)]));
  const says = expect.stringMatching(
    /^The refund rule-3 is SUCCEEDED and needs somebody \(conflict\)\. Verified/,
  );
  expect(told.sort()).toEqual([
    ['NeedsAttentionRule', 'slack', { text: says }],
    ['NeedsAttentionRule', 'topic', says],
    ['RefundEndsRule', 'topic', 'The refund rule-3 (CNY 200.10) is SUCCEEDED, version 3.'],
  ]);
});

describe('with-refunds.asl.yml', () => {
  const definition = parse(readFileSync('docs/calling/with-refunds.asl.yml', 'utf8'));
  const template = readTemplate();
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  /** What a task token's holder is told. */
  const resultOf = (token: string) =>
    until(() => service.sandbox.stepFunctions.results.find((result) => result.token === token));

  /** The service's own state machine, as another one starts it with .sync:2. */
  const startExecution = async ({ Input }: { Input: object }) => {
    const { stepFunctions } = service.sandbox;
    const runs = stateMachineRuns({
      template,
      invoke: async (name, payload) => lambdas[name]?.invoke(payload),
      results: stepFunctions.results,
    });
    try {
      return { Status: 'SUCCEEDED', Output: await runs.run(Input) };
    } catch (error) {
      const { name, message } = error as Error;
      const told = { Status: 'FAILED', Error: name, Cause: message };
      throw named('States.TaskFailed', JSON.stringify(told));
    }
  };

  let tokens = 0;
  const applyAndWait = async ({ Payload }: { Payload: { task_token: string } }) => {
    await apply(Payload)?.catch((error) => {
      if (!(error instanceof ThrownByFunction)) throw error;
      throw named(error.name, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
    });
    const result = await resultOf(Payload.task_token);
    if ('error' in result) throw named(result.error, JSON.stringify(result.cause));
    return result.output;
  };

  async function outcomeOf(way: string, no_refund: string): Promise<unknown> {
    const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
    const context = {
      Task: {
        get Token() {
          tokens += 1;
          return `token-of-the-page-${tokens}`;
        },
      },
    };
    const taskResourceLocalHandlers = { StartRefund: startExecution, ApplyAndWait: applyAndWait } as never;
    const { result } = machine.run({ way, refund: refundInput(no_refund) } as never, {
      context: context as never,
      overrides: { taskResourceLocalHandlers },
    });
    await sleep(0);
    return result.catch((error: Error) => (error.cause as Error | undefined)?.name ?? error.name);
  }

  test.concurrent.each(['state-machine', 'function'])(
    'by %s: every end has its state',
    async (way) => {
      expect(await outcomeOf(way, `success-${way}`)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await outcomeOf(way, `failed-${way}`)).toBe('PayBackAnotherWay');
      expect(await outcomeOf(way, `code-5006-${way}`)).toBe('RefundRejected');
      await apply({ ...refundInput(`taken-${way}`), money_refund: '1.00' });
      expect(await outcomeOf(way, `taken-${way}`)).toBe('AskSomebody');
    },
    60_000,
  );
});
