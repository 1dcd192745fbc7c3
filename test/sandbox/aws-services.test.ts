import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type BusEvent, type EventBridge, startEventBridge } from '../../sandbox/aws/event-bridge.ts';
import { type Queue, startQueue } from '../../sandbox/aws/queue.ts';
import { type StepFunctions, startStepFunctions, type TaskResult } from '../../sandbox/aws/step-functions.ts';

const settings = (endpoint: string) => ({
  endpoint,
  region: 'ap-east-1',
  credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  maxAttempts: 1,
});

describe('EventBridge', () => {
  let server: EventBridge;
  let client: EventBridgeClient;
  const received: BusEvent[] = [];

  beforeAll(async () => {
    server = await startEventBridge({ port: 0, onEvent: (event) => received.push(event) });
    client = new EventBridgeClient(settings(server.endpoint));
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  const entry = (number: number) => ({
    Source: 'test',
    DetailType: 'Test',
    Detail: JSON.stringify({ number }),
  });
  const put = (...Entries: object[]) => client.send(new PutEventsCommand({ Entries }));

  test('accepts events, keeps them and passes them to the listener', async () => {
    const { FailedEntryCount, Entries } = await put(entry(1), { ...entry(2), EventBusName: 'other' });
    expect([FailedEntryCount, Entries?.map(({ EventId }) => EventId)]).toEqual([
      0,
      server.events.map(({ id }) => id),
    ]);
    expect(server.events).toMatchObject([
      { bus: 'default', source: 'test', detailType: 'Test', detail: { number: 1 } },
      { bus: 'other', detail: { number: 2 } },
    ]);
    expect(received).toEqual(server.events);
  });

  test('refuses single entries on request, and malformed ones', async () => {
    const before = server.events.length;
    server.refuse(({ detail }) => (detail.number === 4 ? 'ThrottlingException' : undefined));
    const { FailedEntryCount, Entries } = await put(entry(3), entry(4), { ...entry(5), Detail: 'no JSON' });
    server.refuse(undefined);
    expect(FailedEntryCount).toBe(2);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'ThrottlingException',
      'MalformedDetail',
    ]);
    expect(server.events).toHaveLength(before + 1);
  });

  test('refuses more than 10 entries, and whole requests on request', async () => {
    const many = Array.from({ length: 11 }, (_, number) => entry(number));
    await expect(put(...many)).rejects.toMatchObject({ name: 'ValidationException' });
    server.failWith(503);
    await expect(put(entry(1))).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    server.failWith(undefined);
    const count = server.requests.length;
    await put(entry(1));
    expect(server.requests.slice(count)).toMatchObject([{ operation: 'PutEvents' }]);
  });

  test('a port in use causes an error that names the port', async () => {
    const port = Number(new URL(server.endpoint).port);
    await expect(startEventBridge({ port })).rejects.toThrow(
      `Port ${port} is in use, so the sandbox's EventBridge`,
    );
  });
});

describe('Step Functions', () => {
  let server: StepFunctions;
  let client: SFNClient;
  const received: TaskResult[] = [];

  beforeAll(async () => {
    server = await startStepFunctions({ port: 0, onResult: (result) => received.push(result) });
    client = new SFNClient(settings(server.endpoint));
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  const succeed = (taskToken: string, output = '{"a":1}') =>
    client.send(new SendTaskSuccessCommand({ taskToken, output }));

  test('accepts one result for each token, and passes it to the listener', async () => {
    await succeed('first');
    await client.send(new SendTaskFailureCommand({ taskToken: 'second', error: 'E', cause: '{"b":2}' }));
    const answers = [
      { token: 'first', output: { a: 1 } },
      { token: 'second', error: 'E', cause: { b: 2 } },
    ];
    expect([server.results, received]).toEqual([answers, answers]);
    await expect(succeed('first')).rejects.toMatchObject({ name: 'TaskTimedOut' });
    expect(server.results).toHaveLength(2);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken', 'ThrottlingException'])(
    'returns %s for a token on request',
    async (name) => {
      server.refuse(name, name);
      await expect(succeed(name)).rejects.toMatchObject({ name });
      server.refuse(name, undefined);
      await succeed(name);
    },
  );

  test('refuses output that is not JSON or too long', async () => {
    await expect(succeed('json', 'none')).rejects.toMatchObject({ name: 'InvalidOutput' });
    await expect(succeed('x'.repeat(2049))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('SQS', () => {
  let server: Queue;
  let client: SQSClient;

  beforeAll(async () => {
    server = await startQueue({ port: 0, name: 'letters' });
    client = new SQSClient(settings(server.endpoint));
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  const send = (QueueUrl: string, MessageBody: string) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  test('keeps the messages that are sent to its queue', async () => {
    const { MessageId } = await send(server.url, 'text 款');
    expect(server.messages).toEqual([{ id: MessageId, body: 'text 款' }]);
  });

  test('refuses an unknown queue', async () => {
    await expect(send(`${server.endpoint}/000000000000/other`, 'text')).rejects.toMatchObject({
      name: expect.stringContaining('QueueDoesNotExist'),
    });
    expect(server.messages).toHaveLength(1);
  });
});
