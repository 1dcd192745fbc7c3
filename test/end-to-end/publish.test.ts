import { readFileSync } from 'node:fs';
import { followTable } from '../../sandbox/table-stream.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { toItem } from '../../shared/store/attribute-values.ts';
import type { InvokeOptions, Lambda } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;
let publish: Lambda;

beforeAll(async () => {
  service = await startService();
  publish = await service.lambda('publish-refund-events');
}, 60_000);

afterAll(() => service.stop());

afterEach(() => {
  const { eventBridge, stepFunctions, deadLetters } = service.sandbox;
  for (const endpoint of [eventBridge, stepFunctions, deadLetters]) endpoint.failWith(undefined);
  eventBridge.refuse(undefined);
});

type Fields = Partial<Refund>;

const refund = (no_refund: string, status: Refund['status'], more: Fields = {}): Fields => ({
  no_refund,
  kind: 'refund',
  status,
  version: 3,
  oid_partner: '201103171000000000',
  money_refund: '200.10',
  no_order: '2013051500001',
  dt_refund: '20260102030405',
  created_at: '2026-01-02T03:00:00.000Z',
  updated_at: '2026-01-02T03:04:00.000Z',
  attempt_id: 'internal',
  attempts: 1,
  ...more,
});

let sequence = 0;

/** A record of the stream in Lambda's form. */
function streamRecord(before: Fields | undefined, after: Fields, secondsAgo = 0) {
  sequence += 1;
  return {
    eventName: before ? 'MODIFY' : 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1_000) - secondsAgo,
      SequenceNumber: String(sequence).padStart(21, '0'),
      OldImage: before && toItem(before),
      NewImage: toItem(after),
    },
  };
}

const ended = (
  no_refund: string,
  more: Fields = {},
  status: Refund['status'] = 'SUCCEEDED',
  secondsAgo = 0,
) =>
  streamRecord(refund(no_refund, 'PROCESSING', { version: 2 }), refund(no_refund, status, more), secondsAgo);

/** Invokes the function with a batch of the stream. @returns the indexes of the reported records */
async function publishBatch(
  Records: ReturnType<typeof streamRecord>[],
  on = publish,
  options?: InvokeOptions,
) {
  const { batchItemFailures } = await on.invoke<BatchAnswer>({ Records }, options);
  const sequenceNumbers = Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  return batchItemFailures.map(({ itemIdentifier }) => sequenceNumbers.indexOf(itemIdentifier)).sort();
}

/** Invokes the function with messages of the dead letters' queue. @returns the reported message ids */
async function replay(bodies: (string | undefined)[]) {
  const Records = bodies.map((body, index) => ({ messageId: `m${index}`, eventSource: 'aws:sqs', body }));
  const { batchItemFailures } = await publish.invoke<BatchAnswer>({ Records });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort();
}

interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

const eventsOf = (no_refund: string) =>
  service.sandbox.eventBridge.events.filter(({ detail }) => detail.no_refund === no_refund);
const resultsOf = (token: string) =>
  service.sandbox.stepFunctions.results.filter((result) => result.token === token);
const lettersOf = (no_refund: string) =>
  service.sandbox.deadLetters.messages
    .map(({ body }) => body)
    .filter((body) => JSON.parse(body).refund.no_refund === no_refund);

/** Longer ago than changes are retried, seconds. */
const longAgo = 31 * 60;

test('an event has the refund, its source and its change', async () => {
  const named = await service.lambda('publish-refund-events', { EVENT_BUS_NAME: 'refunds-bus' });
  expect(await publishBatch([ended('shape', { task_token: 'shape-token', sta_refund: '2' })], named)).toEqual(
    [],
  );
  expect(eventsOf('shape')).toEqual([
    {
      id: expect.any(String),
      bus: 'refunds-bus',
      source: 'lianlian.refunds',
      detailType: 'Refund Status Changed',
      detail: {
        no_refund: 'shape',
        kind: 'refund',
        status: 'SUCCEEDED',
        previous_status: 'PROCESSING',
        version: 3,
        event_id: 'shape:3',
        attempts: 1,
        oid_partner: '201103171000000000',
        money_refund: '200.10',
        no_order: '2013051500001',
        dt_refund: '20260102030405',
        sta_refund: '2',
        created_at: '2026-01-02T03:00:00.000Z',
        updated_at: '2026-01-02T03:04:00.000Z',
      },
    },
  ]);
});

test('a batch is published in requests of 10, and refused entries are reported by their sequence numbers', async () => {
  const { eventBridge } = service.sandbox;
  const before = eventBridge.requests.length;
  const refused = ['batch-3', 'batch-21'];
  eventBridge.refuse(({ detail }) =>
    refused.includes(String(detail.no_refund)) ? 'ThrottlingException' : undefined,
  );
  const records = Array.from({ length: 25 }, (_, index) => ended(`batch-${index}`));
  expect(await publishBatch(records)).toEqual([21, 3]);
  const sizes = eventBridge.requests.slice(before).map(({ input }) => (input.Entries as unknown[]).length);
  expect(sizes.sort()).toEqual([10, 10, 5]);
  expect(publish.log()).toMatch(/could not be published.*batch-21.*ThrottlingException/);

  eventBridge.refuse(undefined);
  expect(await publishBatch([records[3], records[21]].flatMap((record) => record ?? []))).toEqual([]);
  for (const no_refund of refused) expect(eventsOf(no_refund)).toHaveLength(1);
});

test('a record without a change of status, or deleted, publishes nothing', async () => {
  const before = service.sandbox.eventBridge.requests.length;
  const same = refund('same', 'PROCESSING', { version: 2 });
  const { dynamodb, ...record } = streamRecord(same, same);
  const { NewImage: _gone, ...deleted } = dynamodb;
  const Records = [streamRecord(same, { ...same, lease_until: 1 }), { ...record, dynamodb: deleted }];
  expect(await publish.invoke({ Records })).toEqual({ batchItemFailures: [] });
  expect(await publish.invoke({ Records: [] })).toEqual({ batchItemFailures: [] });
  expect(service.sandbox.eventBridge.requests.length).toBe(before);
});

test.each<[Refund['status'], object]>([
  ['SUCCEEDED', { output: { status: 'SUCCEEDED' } }],
  ['FAILED', { error: 'RefundFailed', cause: { status: 'FAILED' } }],
  ['REJECTED', { error: 'RefundRejected', cause: { status: 'REJECTED' } }],
])('%s completes the task of the waiting state machine', async (status, answer) => {
  const task_token = `token-${status}`;
  expect(await publishBatch([ended(`answered-${status}`, { task_token }, status)])).toEqual([]);
  expect(resultsOf(task_token)).toMatchObject([answer]);
  expect(JSON.stringify(eventsOf(`answered-${status}`))).not.toContain(task_token);
});

test('a newer token after the end completes its task, and publishes no second event', async () => {
  const at = (task_token: string) => refund('late-token', 'SUCCEEDED', { task_token });
  expect(await publishBatch([streamRecord(at('older-token'), at('newer-token'))])).toEqual([]);
  expect(resultsOf('newer-token')).toHaveLength(1);
  expect(resultsOf('older-token')).toEqual([]);
  expect(eventsOf('late-token')).toEqual([]);
});

test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('%s counts as completed', async (name) => {
  service.sandbox.stepFunctions.refuse(`token-${name}`, name);
  expect(await publishBatch([ended(`done-${name}`, { task_token: `token-${name}` })])).toEqual([]);
  expect(publish.log()).toMatch(new RegExp(`no state machine waits any more.*done-${name}`));
});

test.each(['ThrottlingException', 'AccessDeniedException', 'InvalidOutput'])(
  '%s does not count as completed: the record is reported, and its task completed later',
  async (name) => {
    const { stepFunctions } = service.sandbox;
    stepFunctions.refuse(`token-${name}`, name);
    const records = [
      ended(`before-${name}`),
      ended(`not-done-${name}`, { task_token: `token-${name}` }),
      ended(`behind-${name}`),
    ];
    expect(await publishBatch(records)).toEqual([1]);
    expect(eventsOf(`behind-${name}`)).toHaveLength(1);
    stepFunctions.refuse(`token-${name}`, undefined);
    expect(await publishBatch(records.slice(1))).toEqual([]);
    expect(resultsOf(`token-${name}`)).toHaveLength(1);
  },
);

test('an outage is reported; after half an hour the change goes to the dead letters, and a replay publishes it', async () => {
  const { eventBridge, stepFunctions } = service.sandbox;
  eventBridge.failWith(500);
  stepFunctions.failWith(500);
  const change = (secondsAgo: number) =>
    ended('outage', { task_token: 'outage-token' }, 'SUCCEEDED', secondsAgo);
  expect(await publishBatch([change(longAgo - 120)])).toEqual([0]);
  expect(lettersOf('outage')).toEqual([]);
  expect(await publishBatch([change(longAgo)])).toEqual([]);
  const letters = lettersOf('outage');
  expect(letters).toHaveLength(1);
  expect(JSON.parse(letters[0] ?? '')).toMatchObject({
    refund: { no_refund: 'outage', status: 'SUCCEEDED' },
    event: { event_id: 'outage:3', previous_status: 'PROCESSING', version: 3 },
    isWaitedFor: true,
  });
  expect(letters[0]).not.toContain('outage-token');

  await service.put(refund('outage', 'SUCCEEDED', { task_token: 'newest-outage-token' }));
  expect(await replay(letters)).toEqual(['m0']);
  eventBridge.failWith(undefined);
  stepFunctions.failWith(undefined);
  expect(await replay(letters)).toEqual([]);
  expect(eventsOf('outage')).toMatchObject([{ detail: { event_id: 'outage:3' } }]);
  expect(resultsOf('newest-outage-token')).toHaveLength(1);
  expect(resultsOf('outage-token')).toEqual([]);
}, 60_000);

test('a change is reported again where the queue is unreachable too', async () => {
  service.sandbox.eventBridge.failWith(500);
  service.sandbox.deadLetters.failWith(500);
  expect(await publishBatch([ended('no-queue', {}, 'SUCCEEDED', longAgo)])).toEqual([0]);
  expect(publish.log()).toMatch(/"code":"dead_letter\.failed".*no-queue/);
}, 30_000);

test('messages that are not dead letters fail alone, and don’t count as published', async () => {
  const letter = {
    refund: refund('readable', 'SUCCEEDED'),
    event: { event_id: 'readable:3', no_refund: 'readable' },
    isWaitedFor: false,
  };
  const metadataOnly = {
    requestContext: { condition: 'RetryAttemptsExhausted' },
    DDBStreamBatchInfo: { shardId: 'shardId-1', startSequenceNumber: '1', batchSize: 1 },
  };
  const bodies = [
    JSON.stringify(metadataOnly),
    'no JSON',
    JSON.stringify(letter),
    'null',
    '',
    undefined,
    JSON.stringify({ ...letter, event: 'text' }),
    JSON.stringify({ ...letter, isWaitedFor: undefined }),
  ];
  expect(await replay(bodies)).toEqual(['m0', 'm1', 'm3', 'm4', 'm5', 'm6', 'm7']);
  expect(eventsOf('readable')).toHaveLength(1);
  expect(publish.log()).toContain('"message_id":"m0"');
});

test('a dead letter whose record is unreachable fails alone', async () => {
  await service.put(refund('in-reach', 'FAILED', { task_token: 'in-reach-token' }));
  const letter = (no_refund: string) =>
    JSON.stringify({ refund: { no_refund, status: 'FAILED' }, isWaitedFor: true });
  expect(await replay([letter('vanished'), letter('in-reach')])).toEqual(['m0']);
  expect(resultsOf('in-reach-token')).toMatchObject([{ error: 'RefundFailed' }]);
});

test.each([
  ['an empty image', {}],
  ['an image of something else', { no_refund: 'broken' }],
])('%s is reported alone, and the rest of its batch is published', async (what, image) => {
  const number = `beside ${what.split(' ').length}`;
  expect(await publishBatch([streamRecord(undefined, image), ended(number)])).toEqual([0]);
  expect(eventsOf(number)).toHaveLength(1);
  expect(await publishBatch([streamRecord(undefined, image, longAgo)])).toEqual([]);
});

describe('time', () => {
  test.each(['hang', 503] as const)(
    'with slow endpoints (%s), unpublished records are reported in time',
    async (failure) => {
      const { eventBridge, stepFunctions, deadLetters } = service.sandbox;
      for (const endpoint of [eventBridge, stepFunctions, deadLetters]) endpoint.failWith(failure);
      const records = Array.from({ length: 25 }, (_, index) =>
        ended(`slow-${index}`, { task_token: `slow-token-${index}` }, 'SUCCEEDED', longAgo),
      );
      expect(await publishBatch(records, publish, { remainingMs: 4_000 })).toHaveLength(25);
    },
    20_000,
  );

  test('there is time to send unpublished changes to the dead letters', async () => {
    service.sandbox.eventBridge.failWith('hang');
    const records = Array.from({ length: 25 }, (_, index) =>
      ended(`aside-${index}`, {}, 'SUCCEEDED', longAgo),
    );
    expect(await publishBatch(records, publish, { remainingMs: 6_000 })).toEqual([]);
    expect(lettersOf('aside-24')).toHaveLength(1);
  }, 20_000);

  test('a full batch with every endpoint unreachable fits into the function’s time-out', async () => {
    const { eventBridge, stepFunctions, deadLetters } = service.sandbox;
    for (const endpoint of [eventBridge, stepFunctions, deadLetters]) endpoint.failWith('hang');
    const records = Array.from({ length: 25 }, (_, index) =>
      ended(`full-${index}`, { task_token: `full-token-${index}` }, 'SUCCEEDED', longAgo),
    );
    expect(await publishBatch(records, publish, { remainingMs: 60_000 })).toHaveLength(25);
  }, 60_000);
});

test('the table’s stream publishes every change of a refund, and its end completes the task', async () => {
  const apply = await service.lambda('apply-refund');
  const stream = await followTable({
    endpoint: service.sandbox.dynamoDb.endpoint,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: (batch) => publish.invoke(batch),
  });
  await apply.invoke(refundInput('streamed', { task_token: 'streamed-token' }));
  const [answer] = await until(() => resultsOf('streamed-token').length > 0 && resultsOf('streamed-token'));
  await until(() => eventsOf('streamed').length === 3);
  await stream.stop();
  expect(answer).toMatchObject({ output: { no_refund: 'streamed', status: 'SUCCEEDED', version: 3 } });
  expect(eventsOf('streamed').map(({ detail }) => [detail.previous_status, detail.status])).toEqual([
    [undefined, 'REQUESTED'],
    ['REQUESTED', 'PROCESSING'],
    ['PROCESSING', 'SUCCEEDED'],
  ]);
}, 30_000);

test('the sample event has the form of the stream’s records', async () => {
  const { Records } = JSON.parse(readFileSync('events/publish-refund-events.json', 'utf8'));
  expect(await publishBatch(Records)).toEqual([]);
  expect(eventsOf('2013051500005')).toMatchObject([
    { detail: { previous_status: 'PROCESSING', status: 'SUCCEEDED', event_id: '2013051500005:3' } },
  ]);
});

test('no token is in the log, an event or a dead letter', () => {
  const { eventBridge, deadLetters } = service.sandbox;
  expect(publish.log()).toContain('"code":"task.completed"');
  const tokens = service.sandbox.stepFunctions.requests.map(({ input }) => String(input.taskToken));
  expect(tokens.length).toBeGreaterThan(50);
  const written = publish.log() + JSON.stringify([eventBridge.requests, deadLetters.requests]);
  expect(tokens.filter((token) => written.includes(token))).toEqual([]);
});
