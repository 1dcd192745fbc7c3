import { followTable, type TableStream } from '../../sandbox/table-stream.ts';
import { toItem } from '../../shared/store/attribute-values.ts';
import { httpEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;
let stream: TableStream;
let apply: Lambda;
let notify: Lambda;
let history: Lambda;
let recorder: Lambda;

interface Entry {
  code: string;
  at: string;
  text: string;
  message?: { text: string; via: string; received_at: string };
  [fact: string]: unknown;
}

interface Story {
  no_refund: string;
  entries: Entry[];
  next?: string;
}

beforeAll(async () => {
  // The tests send the notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  [apply, notify, history, recorder] = await Promise.all([
    service.lambda('apply-refund'),
    service.lambda('notify-callback'),
    service.lambda('refund-history'),
    service.lambda('record-refund-history'),
  ]);
  stream = await follow();
}, 60_000);

const follow = () =>
  followTable({
    endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: (batch) => recorder.invoke(batch),
  });

afterAll(async () => {
  await stream.stop();
  await service.stop();
});

const storyOf = (noRefund: string) => history.invoke<Story>({ no_refund: noRefund });

/** The story once it has so many entries. */
const whole = (noRefund: string, count: number) =>
  until(async () => {
    const story = await storyOf(noRefund).catch(() => undefined);
    return story && story.entries.length >= count && story;
  });

test('a refund from its application to its end, with the messages to the letter', async () => {
  await apply.invoke(refundInput('processing-story'));
  const notification = signedMessage(service.sandbox.gateway, 'processing-story', { sta_refund: '2' });
  await notify.invoke(httpEvent('POST', '/refund-notifications', notification));
  const { entries } = await whole('processing-story', 4);
  expect(entries.map(({ code }) => code)).toEqual([
    'refund.created',
    'attempt.sent',
    'refund.processing',
    'refund.succeeded',
  ]);
  expect(entries[3]?.message).toMatchObject({ text: notification, via: 'notification' });
});

const statusesOf = ({ entries }: Story) => entries.flatMap(({ status }) => (status ? [status] : []));

test('over HTTP the story is the same, and an unknown number is a 404', async () => {
  await apply.invoke(refundInput('success-http'));
  const direct = await whole('success-http', 3);
  const event = httpEvent('GET', '/refunds/success-http/history', '');
  const answer = await history.invoke<{ statusCode: number; body: string }>({
    ...event,
    pathParameters: { no_refund: 'success-http' },
  });
  expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([200, direct]);
  const unknown = await history.invoke<{ statusCode: number; body: string }>({
    ...event,
    pathParameters: { no_refund: 'nowhere' },
  });
  expect(unknown.statusCode).toBe(404);
  expect(JSON.parse(unknown.body)).toMatchObject({ error: { name: 'RefundNotFound' } });
});

test.each([
  [{}, ['no_refund']],
  [{ no_refund: 'a', limit: 3 }, ['limit']],
  [{ no_refund: 'a', next: 'made up' }, ['next']],
  [{ no_refund: 'a', next: 7 }, ['next']],
  [{ no_refund: 5, page: 1 }, ['page', 'no_refund']],
])('%j is refused with every fault', async (input, paths) => {
  const error = await history.invoke(input).catch((error) => error);
  expect(error.name).toBe('InvalidRequest');
  for (const path of paths) expect(error.message).toContain(`${path}: `);
});

test('a query that names another number than the path is refused', async () => {
  const event = {
    ...httpEvent('GET', '/refunds/nowhere/history', ''),
    pathParameters: { no_refund: 'nowhere' },
    queryStringParameters: { no_refund: 'success-http' },
  };
  expect(await history.invoke(event)).toMatchObject({ statusCode: 400 });
});

test('a table of stories that is out of reach is a ServiceUnavailable', async () => {
  service.table.injectFaults(() => 'refuse');
  const event = { ...httpEvent('GET', '/x', ''), pathParameters: { no_refund: 'success-http' } };
  const answer = await history.invoke<{ statusCode: number }>(event);
  service.table.injectFaults(undefined);
  expect(answer.statusCode).toBe(503);
});

test('a record whose story has not come yet has no entries', async () => {
  const record = await service.record('success-http');
  await stream.stop();
  await service.put({ ...record, no_refund: 'not-told-yet' });
  expect(await storyOf('not-told-yet')).toEqual({ no_refund: 'not-told-yet', entries: [] });
  stream = await follow();
});

test('a change that comes twice is told once, also where the batch is cut elsewhere', async () => {
  const [one, two, three] = changes('repeated', [
    { version: 1 },
    { status: 'INITIALIZED' },
    { status: 'PROCESSING' },
  ]);
  for (const Records of [[one, two], [two], [two, three], [one], [three]])
    expect(await recorder.invoke({ Records })).toEqual({ batchItemFailures: [] });
  expect(statusesOf(await storyOf('repeated'))).toEqual(['REQUESTED', 'INITIALIZED', 'PROCESSING']);
});

test('a long story comes in pages, each change once and in order', async () => {
  const attempts = Array.from({ length: 250 }, (_, index) => ({
    attempts: index + 1,
    last_attempt_at: index,
  }));
  const records = changes('long', attempts);
  for (let start = 0; start < records.length; start += 25) {
    const batch = { Records: records.slice(start, start + 25) };
    expect(await recorder.invoke(batch)).toEqual({ batchItemFailures: [] });
  }
  const told: unknown[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const page: Story = await history.invoke({ no_refund: 'long', ...(next && { next }) });
    told.push(...page.entries.filter(({ code }) => code === 'attempt.sent').map(({ attempt }) => attempt));
    next = page.next;
    pages += 1;
  } while (next);
  expect(told).toEqual(attempts.map(({ attempts: attempt }) => attempt));
  expect(pages).toBe(3);
});

test('a table that was restored goes on with a stream whose numbers begin anew', async () => {
  const [created, moved] = changes('restored', [{}, { status: 'PROCESSING' }]);
  const later = { ...moved, eventSourceARN: 'arn:aws:dynamodb:x:1:table/new/stream/2027-01-01T00:00:00.000' };
  const [again] = changes('restored', [{ status: 'PROCESSING' }, { status: 'SUCCEEDED' }]).slice(1);
  await recorder.invoke({
    Records: [created, { ...later, dynamodb: { ...again?.dynamodb, SequenceNumber: '1' } }],
  });
  expect(statusesOf(await storyOf('restored'))).toEqual(['REQUESTED', 'SUCCEEDED']);
});

test('what can’t be recorded is reported, one by one, and recorded when it comes again', async () => {
  const records = [...changes('failing', [{}]), ...changes('going', [{}])];
  service.table.injectFaults(() => 'refuse');
  const failed = await recorder.invoke({ Records: records });
  service.table.injectFaults(undefined);
  expect(failed).toEqual({
    batchItemFailures: records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
  });
  expect(await recorder.invoke({ Records: records })).toEqual({ batchItemFailures: [] });
  expect(statusesOf(await storyOf('failing'))).toEqual(['REQUESTED']);
});

test('a contradiction has its message, a repetition has no entry', async () => {
  await apply.invoke(refundInput('processing-contradicted'));
  const [success, failure] = ['2', '3'].map((sta_refund) =>
    signedMessage(service.sandbox.gateway, 'processing-contradicted', { sta_refund }),
  );
  for (const text of [success, success, failure, failure, success])
    await notify.invoke(httpEvent('POST', '/refund-notifications', text ?? ''));
  const { entries } = await whole('processing-contradicted', 5);
  await new Promise((done) => setTimeout(done, 300));
  expect((await storyOf('processing-contradicted')).entries).toEqual(entries);
  expect(entries.map(({ code, message }) => [code, message?.text]).slice(3)).toEqual([
    ['refund.succeeded', success],
    ['message.conflict', failure],
  ]);
});

/** Change records of the stream: each with these fields in the place of the one before. */
function changes(no_refund: string, steps: object[]) {
  const first = {
    ...{ no_refund, kind: 'refund', status: 'REQUESTED', version: 1, money_refund: '1.00', attempts: 1 },
    ...{ created_at: '2026-01-02T03:04:05.000Z', updated_at: '2026-01-02T03:04:05.000Z', last_attempt_at: 0 },
  };
  return steps.map((step, index) => ({
    eventSourceARN: 'arn:aws:dynamodb:ap-east-1:123456789012:table/refunds/stream/2026-01-01T00:00:00.000',
    dynamodb: {
      SequenceNumber: String(9 + index),
      ApproximateCreationDateTime: 1_767_300_000 + index,
      ...(index > 0 && { OldImage: toItem({ ...first, ...steps[index - 1] }) }),
      NewImage: toItem({ ...first, ...step }),
    },
  }));
}
