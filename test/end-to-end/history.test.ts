import { followTable } from '../../sandbox/table-stream.ts';
import { httpEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;
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
  await followTable({
    endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: (batch) => recorder.invoke(batch),
  });
}, 60_000);

afterAll(() => service.stop());

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
