import { readFileSync, writeFileSync } from 'node:fs';
import { followTable, type TableStream } from '../../sandbox/table-stream.ts';
import type { ApiGateway } from '../support/api-gateway.ts';
import type { Fault } from '../support/fault-proxy.ts';
import { routes, startHttpApi } from '../support/http-api.ts';
import { signedMessage } from '../support/messages.ts';
import { faultsOf, faultsOfAnswer, published, validateEvent } from '../support/openapi.ts';
import { forEachOf, refundInput, type Service, startService, until } from '../support/service.ts';
import { cases } from '../support/stories.ts';

const EXAMPLES = 'schemas/examples.json';

/** Set by `npm run schemas -- --examples`, which writes the document's examples. */
const isWriting = process.env.WRITE_EXAMPLES === '1';

let service: Service;
let stream: TableStream;
let api: ApiGateway;
/** The same, without the keys, the table, or what a create is answered with. */
const broken: Record<string, ApiGateway> = {};

const functionNames = [...new Set(routes.map(({ functionName }) => functionName))];

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 700, slowMs: 2_500 });
  const [publish, record] = await Promise.all(
    ['publish-refund-events', 'record-refund-history'].map((name) => service.lambda(name)),
  );
  api = await startApi();
  broken.keys = await startApi(await behind('SECRETS_MANAGER', 'refuse'));
  broken.table = await startApi(await behind('DYNAMODB', 'refuse'));
  broken.answers = await startApi(await behind('DYNAMODB', 'hang'));
  stream = await followTable({
    endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: (batch) => Promise.all([record?.invoke(batch), publish?.invoke(batch)]),
  });
}, 120_000);

afterAll(async () => {
  await stream.stop();
  await Promise.all([api, ...Object.values(broken)].map((started) => started.stop()));
  await service.stop();
});

async function behind(what: 'DYNAMODB' | 'SECRETS_MANAGER', fault: Fault) {
  const variable = `AWS_ENDPOINT_URL_${what}` as const;
  const proxy = await service.proxy(service.sandbox.settings[variable]);
  proxy.injectFaults(() => fault);
  return { [variable]: proxy.endpoint };
}

async function startApi(environment: Record<string, string> = {}): Promise<ApiGateway> {
  const started = await Promise.all(
    functionNames.map(async (name) => [name, await service.lambda(name, environment)] as const),
  );
  const lambdas = new Map(started);
  return startHttpApi(async (name, event) => {
    const { statusCode, headers, body } = (await lambdas.get(name)?.invoke(event)) ?? {};
    return { statusCode, headers, body } as never;
  });
}

interface Answer {
  status: number;
  body: Record<string, unknown> & { error?: { name: string } };
}

/** Every status and name that a route has answered with. */
const seen = new Set<string>();

const examples: Record<string, unknown> = {};

/** Calls a route, and checks its answer. `example`: the name under which the document shows it. */
async function call(
  route: string,
  path = route.split(' ')[1] ?? '',
  input?: unknown,
  { from = api, example = '' } = {},
): Promise<Answer> {
  const [method = ''] = route.split(' ');
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const response = await fetch(from.url + path, { method, ...(input !== undefined && { body: text }) });
  const body = (await response.json()) as Answer['body'];
  expect({ path, faults: faultsOfAnswer(route, response.status, body) }).toEqual({ path, faults: [] });
  seen.add(`${route} ${response.status} ${body.error?.name ?? ''}`.trim());
  if (example || body.error) examples[example || String(body.error?.name)] ??= body;
  return { status: response.status, body };
}

const APPLY = 'POST /refunds';
const GET = 'GET /refunds/{no_refund}';
const HISTORY = 'GET /refunds/{no_refund}/history';
const LIST = 'GET /refunds';
const NOTIFY = 'POST /refund-notifications';

const numberOf = (route: string, start: string) => `${start}${route === APPLY ? '' : 'x'}1`;

const isOver = async (noRefund: string) => {
  const { status } = (await service.record(noRefund)) ?? {};
  return ['SUCCEEDED', 'FAILED', 'REJECTED'].includes(String(status));
};

describe.each([APPLY, 'POST /exchange-refunds'])('%s', (route) => {
  test('every behaviour of the gateway, from the application on', async () => {
    await forEachOf(cases, async ({ start }) => {
      const noRefund = numberOf(route, start);
      await call(route, undefined, refundInput(noRefund));
      await call(GET, `/refunds/${noRefund}`);
      await call(GET, `/refunds/${noRefund}?refresh=true`);
      await call(HISTORY, `/refunds/${noRefund}/history`);
      await call(route, undefined, refundInput(noRefund));
    });
  }, 120_000);

  test('words of your own, and every other field', async () => {
    const noRefund = numberOf(route, 'words-');
    const input = refundInput(noRefund, {
      ...{ oid_paybill: '2013051613121201', dt_order: '20130515094013', reference: '工单 4711' },
      ...{ reason: 'damaged in transit', requested_by: '李伟', task_token: 'AAAA' },
    });
    const { status } = await call(route, undefined, input, { example: 'Refund' });
    expect(status).toBe(202);
    await until(() => isOver(noRefund));
    await call(route, undefined, input, { example: 'RefundAtItsEnd' });
  });

  test('every error', async () => {
    await call(route, undefined, refundInput(numberOf(route, 'fine-')));
    await call(route, undefined, { no_refund: 'a b', money_refund: 1, page: 1 });
    await call(route, undefined, 'x');
    await call(route, undefined, refundInput(numberOf(route, 'fine-'), { money_refund: '1.00' }));
    await call(route, undefined, refundInput(numberOf(route, 'code-5006-')));
    await call(route, undefined, 'x'.repeat(65_537));
    await call(route, undefined, refundInput('in-vain'), { from: broken.keys });
    await call(route, undefined, refundInput('in-vain'), { from: broken.answers });
  });
});

test('the refunds are read, told and listed', async () => {
  await until(() => isOver('failed-1'));
  const order = `?no_order=${refundInput('').no_order}&limit=7`;
  const { body } = await call(LIST, `/refunds${order}`);
  await call(LIST, `/refunds${order}&next=${body.next}`);
  await call(LIST, '/refunds?oid_paybill=2013051613121201', undefined, { example: 'Page' });
  await call(LIST, '/refunds?open=true');
  await call(LIST, '/refunds?attention=true');
  await call(
    LIST,
    `/refunds?day=${String((await service.record('failed-1'))?.created_at)
      .slice(0, 10)
      .replaceAll('-', '')}`,
  );
  await call(GET, '/refunds/words-1?refresh=true', undefined, { example: 'RefreshedRefund' });
  await until(async () => (await call(HISTORY, '/refunds/words-1/history')).body.entries?.toString() !== '');
  await call(HISTORY, '/refunds/words-1/history', undefined, { example: 'Story' });
  for (const { start } of cases) {
    const noRefund = `${start}1`;
    await call(GET, `/refunds/${noRefund}`);
    await call(HISTORY, `/refunds/${noRefund}/history`);
  }
}, 60_000);

test('the errors of reading', async () => {
  for (const [route, path] of [
    [GET, '/refunds/nobody'],
    [HISTORY, '/refunds/nobody/history'],
    [GET, '/refunds/a?refresh=maybe'],
    [HISTORY, '/refunds/a/history?next=x'],
    [LIST, '/refunds?page=2'],
  ] as const)
    await call(route, path);
  for (const [route, path] of [
    [GET, '/refunds/a'],
    [HISTORY, '/refunds/a/history'],
    [LIST, '/refunds?open=true'],
  ] as const)
    await call(route, path, undefined, { from: broken.table });
});

test('notifications', async () => {
  const { gateway } = service.sandbox;
  const message = (fields: Record<string, string>) => signedMessage(gateway, 'elsewhere-1', fields);
  await call(NOTIFY, undefined, message({}));
  await call(NOTIFY, undefined, message({ sta_refund: '3' }));
  await call(NOTIFY, undefined, 'x');
  await call(NOTIFY, undefined, message({}).replace('20260103', '20260104'));
  await call(NOTIFY, undefined, 'x'.repeat(65_537));
  await call(NOTIFY, undefined, message({}), { from: broken.table });
  await call(GET, '/refunds/elsewhere-1');
});

test('every event on the bus', async () => {
  await until(() => service.sandbox.eventBridge.events.length > 100);
  for (const { source, detailType, detail } of service.sandbox.eventBridge.events) {
    const event = { source, 'detail-type': detailType, detail };
    expect({ detail, faults: faultsOf(validateEvent, event) }).toEqual({ detail, faults: [] });
  }
});

// Last: nothing behind a record that can't be read is published.
test.each([
  [APPLY, 'refund'],
  ['POST /exchange-refunds', 'exchange-refund'],
])('%s and what nobody foresaw', async (route, kind) => {
  const odd = refundInput(numberOf(route, 'odd-'));
  // The amount is a map, and not even a text can be made of it.
  await service.put({ ...odd, kind, status: 'SUCCEEDED', money_refund: { toString: 'x', valueOf: 'x' } });
  expect(await call(route, undefined, odd)).toMatchObject({ status: 500 });
});

/** What no input and no outage brings about. */
const unforeseen = [...[GET, LIST, HISTORY].map((route) => `${route} 500 InternalError`), `${NOTIFY} 500`];

test('the document promises no other answer', () => {
  const promised = Object.entries(published.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content }]) =>
        namesIn(content['application/json'].schema).map((name) =>
          `${method.toUpperCase()} ${path} ${status} ${name}`.trim(),
        ),
      ),
    ),
  );
  expect(promised.filter((answer) => !seen.has(answer) && !unforeseen.includes(answer))).toEqual([]);
});

test('its examples are such answers', () => {
  const text = JSON.stringify(examples, null, 2).replace(
    /http:\/\/127\.0\.0\.1:\d+/g,
    'https://merchant.example',
  );
  if (isWriting) writeFileSync(EXAMPLES, `${text}\n`);
  const shown = JSON.parse(readFileSync(EXAMPLES, 'utf8'));
  expect(Object.keys(shown).sort()).toEqual(Object.keys(examples).sort());
});

function namesIn(schema: object): string[] {
  const refs = [...JSON.stringify(schema).matchAll(/schemas\/(\w+)/g)].map(([, name]) => String(name));
  const isError = (name: string) =>
    Object.hasOwn(published.components.schemas[name]?.properties ?? {}, 'error');
  return refs.filter((name) => name !== 'ApiGatewayError').map((name) => (isError(name) ? name : ''));
}
