import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayShardOf, shardOf } from '../../shared/app/schedule.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import { httpEvent, restEvent } from '../support/api-gateway.ts';
import type { Lambda, ThrownByFunction } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { unpacked } from '../support/package-functions.ts';
import { forEachOf, refundInput, type Service, startService } from '../support/service.ts';

type Input = Record<string, unknown>;

/** What a list answers with. */
interface Answer {
  status: number;
  body: {
    refunds: Record<string, unknown>[];
    totals?: object;
    next?: string;
    error?: { name: string; message: string; issues?: { path: string; message: string }[] };
  };
}

let service: Service;
let apply: Lambda;
let list: Lambda;
let notify: Lambda;

/** A day long ago, at midnight in UTC+8: only records that the tests put are of it. */
const MIDNIGHT = Date.UTC(2020, 4, 14, 16);

const record = (no_refund: string, atMs: number, more: Input = {}) => {
  const created_at = new Date(MIDNIGHT + atMs).toISOString();
  return {
    no_refund,
    kind: 'refund',
    status: 'SUCCEEDED',
    version: 3,
    oid_partner: '201103171000000000',
    money_refund: '0.01',
    notify_url: 'https://merchant.example/refund-notifications',
    attempt_id: 'secret',
    created_at,
    updated_at: created_at,
    day_shard: dayShardOf(no_refund, MIDNIGHT + atMs),
    ...more,
  };
};

const due = (no_refund: string, atMs: number, status: string) =>
  record(no_refund, atMs, { status, shard: shardOf(no_refund), next_check_at: 9e12, check_wait: 1 });

const statuses = ['SUCCEEDED', 'FAILED', 'REJECTED', 'REQUESTED', 'PROCESSING'];

beforeAll(async () => {
  // The tests send the notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  [apply, list, notify] = (await Promise.all(
    ['apply-refund', 'list-refunds', 'notify-callback'].map((name) => service.lambda(name)),
  )) as [Lambda, Lambda, Lambda];
  const parts = Array.from({ length: 250 }, (_, at) =>
    // Ten at each moment, of five statuses.
    record(`part-${String(at).padStart(3, '0')}`, Math.floor(at / 10), {
      no_order: 'order-250',
      oid_paybill: 'paybill-250',
      status: statuses[at % 5],
    }),
  );
  const open = Array.from({ length: 30 }, (_, at) =>
    due(`old-${String(at).padStart(2, '0')}`, 86_400_000 + at, at % 3 ? 'PROCESSING' : 'REJECTED'),
  );
  await forEachOf([...parts, ...open], (it) => service.put(it));
}, 60_000);

afterAll(() => service.stop());

const asTexts = (input: Input) =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)]));

async function overHttp(event: object): Promise<Answer> {
  const { statusCode, body } = await list.invoke<HttpAnswer & Input>(event);
  return { status: statusCode, body: JSON.parse(body) };
}

const get = (input: Input) =>
  overHttp({
    ...httpEvent('GET', '/refunds', ''),
    rawQueryString: String(new URLSearchParams(asTexts(input))),
    queryStringParameters: asTexts(input),
  });

async function directly(input: Input): Promise<Answer> {
  try {
    return { status: 200, body: await list.invoke(input) };
  } catch (thrown) {
    const { name, className, message } = thrown as ThrownByFunction;
    expect(className).toBe(name);
    return { status: name === 'InvalidRequest' ? 400 : 500, body: { refunds: [], error: { name, message } } };
  }
}

const styles: [name: string, send: (input: Input) => Promise<Answer>][] = [
  ['HTTP, payload 2.0', get],
  [
    'HTTP, payload 1.0',
    (input) => overHttp({ ...restEvent('GET', '/refunds', ''), queryStringParameters: asTexts(input) }),
  ],
  ['directly', directly],
];

/** Every page of a list. */
async function pagesOf(send: (input: Input) => Promise<Answer>, input: Input) {
  const pages: Answer['body'][] = [];
  let next: string | undefined;
  do {
    const { status, body } = await send({ ...input, ...(next && { next }) });
    expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
    pages.push(body);
    next = body.next;
  } while (next);
  return pages;
}

const numbersIn = (pages: Answer['body'][]) =>
  pages.map(({ refunds }) => refunds.map(({ no_refund }) => String(no_refund)));

describe.each(styles)('%s', (_name, send) => {
  test.each([{ no_order: 'order-250' }, { oid_paybill: 'paybill-250' }])(
    'the 250 refunds of an order (%j) come once each, in even pages, oldest first, with totals at the end',
    async (order) => {
      const pages = await pagesOf(send, { ...order, limit: 60 });
      const numbers = numbersIn(pages);
      expect(numbers.map(({ length }) => length)).toEqual([60, 60, 60, 60, 10]);
      expect(new Set(numbers.flat()).size).toBe(250);
      const moments = pages.flatMap(({ refunds }) => refunds.map(({ created_at }) => String(created_at)));
      expect(moments).toEqual([...moments].sort());
      const totals = { succeeded: '0.50', open: '1.00', failed: '0.50', rejected: '0.50' };
      expect(pages.map((page) => page.totals)).toEqual([...Array(4).fill(undefined), totals]);
    },
  );

  test('a day has its refunds of every shard, once each, in even pages, oldest first', async () => {
    const pages = await pagesOf(send, { day: '20200515', limit: 100 });
    expect(pages.map(({ refunds }) => refunds.length)).toEqual([100, 100, 50]);
    expect(new Set(numbersIn(pages).flat()).size).toBe(250);
    expect(pages.at(-1)).not.toHaveProperty('totals');
    const shards = new Set(
      Array.from({ length: 250 }, (_, at) => shardOf(`part-${String(at).padStart(3, '0')}`)),
    );
    expect(shards.size).toBe(8);
    expect((await send({ day: '20200514' })).body).toEqual({ refunds: [] });
  });

  test('a status narrows a day', async () => {
    const pages = await pagesOf(send, { day: '20200515', status: 'REJECTED', limit: 20 });
    expect(pages.map(({ refunds }) => refunds.length)).toEqual([20, 20, 10]);
    expect(new Set(pages.flatMap(({ refunds }) => refunds.map(({ status }) => status)))).toEqual(
      new Set(['REJECTED']),
    );
  });

  test('open refunds come oldest first, without rejected ones that are watched', async () => {
    const pages = await pagesOf(send, { open: true, limit: 6 });
    const old = numbersIn(pages)
      .flat()
      .filter((number) => number.startsWith('old-'));
    const expected = Array.from({ length: 30 }, (_, at) => at).filter((at) => at % 3);
    expect(old).toEqual(expected.map((at) => `old-${String(at).padStart(2, '0')}`));
    expect(numbersIn(pages).flat().slice(0, 20)).toEqual(old);
  });

  test('a page has views: no internal field', async () => {
    const { body } = await send({ day: '20200515', limit: 1 });
    expect(Object.keys(body.refunds[0] ?? {}).sort()).toEqual(
      ['created_at', 'kind', 'money_refund', 'no_order', 'no_refund', 'notify_url', 'oid_partner'].concat([
        'oid_paybill',
        'status',
        'updated_at',
        'version',
      ]),
    );
  });

  test.each<[string, Input, RegExp]>([
    ['nothing', {}, /send exactly one of no_order, oid_paybill, day, open and attention/],
    ['two selectors', { no_order: 'o', open: true }, /open: contradicts no_order/],
    ['an unknown parameter', { open: true, kind: 'refund' }, /kind: is not a parameter/],
    ['all at once', { day: 'x', status: 'y', limit: 'z', next: '%' }, /day: .*status: .*limit: .*next: /],
    ['a next that is none', { open: true, next: 'bm9uZQ' }, /next: must be the next of the page before/],
  ])('%s is an InvalidRequest', async (_what, input, message) => {
    const { status, body } = await send(input);
    expect({ status, error: body.error }).toMatchObject({
      status: 400,
      error: { name: 'InvalidRequest', message: expect.stringMatching(message) },
    });
  });

  test('a next of another list is an InvalidRequest', async () => {
    const { body } = await send({ no_order: 'order-250', limit: 1 });
    expect(await send({ oid_paybill: 'order-250', next: body.next })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/^next: belongs to another list/) } },
    });
  });
});

test('over HTTP each fault has its path, and a parameter that is given twice is one', async () => {
  const query = {
    ...httpEvent('GET', '/refunds', ''),
    queryStringParameters: { no_order: 'a,b', limit: '0' },
  };
  const { status, body } = await overHttp({ ...query, rawQueryString: 'no_order=a&no_order=b&limit=0' });
  expect(status).toBe(400);
  expect(body.error?.issues).toEqual([
    { path: 'no_order', message: expect.stringContaining('once') },
    { path: 'limit', message: expect.stringContaining('from 1 to 100') },
  ]);
});

test('a next with a sound form and other values is answered, or refused, and never breaks the function', async () => {
  const { body } = await get({ day: '20200515', limit: 30 });
  const content = JSON.parse(Buffer.from(String(body.next), 'base64url').toString());
  const places = [
    ['9999-12-31T23:59:59.999Z', '退'.repeat(32)],
    ['0000-00-00T00:00:00.000Z', ' '],
    ['2020-05-15T00:00:00.000Z', '\u0000'],
    ['2020-05-15T00:00:00.000Z', '😀'.repeat(32)],
    null,
  ];
  for (const place of places) {
    const next = Buffer.from(JSON.stringify({ ...content, after: Array(8).fill(place) })).toString(
      'base64url',
    );
    expect([200, 400]).toContain((await get({ day: '20200515', next })).status);
  }
});

test('refunds that were applied for are in the lists of their order, of today, and of what is open', async () => {
  const input = (noRefund: string) =>
    refundInput(noRefund, { no_order: 'order-real', oid_paybill: 'paybill-real' });
  for (const noRefund of ['success-listed', 'processing-listed', 'drop-listed'])
    await apply.invoke(input(noRefund));
  await apply.invoke(input('code-5006-listed')).catch((error) => expect(error.name).toBe('RefundRejected'));
  const expected = ['success-listed', 'processing-listed', 'drop-listed', 'code-5006-listed'];

  for (const order of [{ no_order: 'order-real' }, { oid_paybill: 'paybill-real' }]) {
    const { body } = await get(order);
    expect(numbersIn([body])).toEqual([expected]);
    expect(body.totals).toEqual({ succeeded: '200.10', open: '400.20', failed: '0.00', rejected: '200.10' });
  }
  const [first] = (await get({ no_order: 'order-real' })).body.refunds;
  const createdMs = Date.parse(String(first?.created_at));
  const day = new Date(createdMs + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  expect(numbersIn(await pagesOf(get, { day })).flat()).toEqual(expect.arrayContaining(expected));
  const open = numbersIn(await pagesOf(get, { open: true })).flat();
  expect(open.slice(-2)).toEqual(['processing-listed', 'drop-listed']);
});

test('a refund made elsewhere is in the list of its day', async () => {
  const message = signedMessage(service.sandbox.gateway, 'elsewhere', { sta_refund: '2' });
  await notify.invoke(httpEvent('POST', '/refund-notifications', message));
  const { day_shard } = (await service.record('elsewhere')) ?? {};
  const pages = await pagesOf(directly, { day: String(day_shard).slice(0, 8) });
  expect(numbersIn(pages).flat()).toContain('elsewhere');
});

test('what needs attention is listed once, whatever the reason', async () => {
  const at = 10 * 86_400_000;
  const attentions = ['denied', 'too_old_to_resend', 'duplicate_not_found'];
  for (const [index, attention] of attentions.entries())
    await service.put(record(`help-${index}`, at + index, { attention, status: 'REJECTED' }));
  await apply.invoke(refundInput('success-contradicted'));
  await service.put({ ...(await service.record('success-contradicted')), attention: 'denied' });
  const message = signedMessage(service.sandbox.gateway, 'success-contradicted', { sta_refund: '3' });
  await notify.invoke(httpEvent('POST', '/refund-notifications', message));

  for (const limit of [1, 50]) {
    const pages = await pagesOf(get, { attention: true, limit });
    expect(numbersIn(pages).flat()).toEqual(['help-0', 'help-1', 'help-2', 'success-contradicted']);
    expect(pages.flatMap(({ refunds }) => refunds.map(({ needs_attention }) => needs_attention))).toEqual([
      ...attentions,
      'conflict',
    ]);
  }
});

test('a table out of reach makes the list unavailable', async () => {
  service.table.injectFaults(() => 'refuse');
  const { status, body } = await get({ open: true });
  const records = await (async () => {
    service.table.injectFaults((operation) => (operation === 'BatchGetItem' ? 'refuse' : 'pass'));
    return get({ no_order: 'order-250' });
  })();
  service.table.injectFaults(undefined);
  for (const answer of [{ status, body }, records])
    expect(answer).toMatchObject({ status: 503, body: { error: { name: 'ServiceUnavailable' } } });
});

test('the function has no client of the gateway and of Secrets Manager in its package', () => {
  const bundle = readFileSync(join(unpacked, 'list-refunds', 'functions', 'list-refunds.js'), 'utf8');
  expect(bundle).toContain('BatchGetItem');
  expect(bundle).not.toMatch(/secretsmanager|refund\.htm|UpdateItem/);
});
