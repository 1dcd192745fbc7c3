import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followTable, type TableStream } from '../../sandbox/table-stream.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import type { ApiGateway } from '../support/api-gateway.ts';
import { startHttpApi } from '../support/http-api.ts';
import { forEachOf, type Service, startService, until } from '../support/service.ts';
import { type SignedApi, startSignedApi } from '../support/signed-api.ts';
import { commandOf, type Printed, runTool, type ToolName } from '../support/tools.ts';

/** Of temporary credentials: the token has every character that such tokens have. */
const credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEJr//////////wEaDmFwLWVhc3QtMSJIMEYCIQD+a/B==',
};

let service: Service;
let stream: TableStream;
let open: ApiGateway;
let api: SignedApi;

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 700 });
  const names = ['apply-refund', 'query-refund', 'refund-history', 'list-refunds', 'record-refund-history'];
  const lambdas = new Map(
    await Promise.all(names.map(async (name) => [name, await service.lambda(name)] as const)),
  );
  open = await startHttpApi(
    async (name, event) => (await lambdas.get(name)?.invoke(event)) as unknown as HttpAnswer,
  );
  api = await startSignedApi(open.url, credentials);
  await putMany();
  stream = await followTable({
    endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: async (batch) => lambdas.get('record-refund-history')?.invoke(batch),
  });
}, 60_000);

afterAll(async () => {
  await stream.stop();
  await api.stop();
  await open.stop();
  await service.stop();
});

/** An order with more refunds than a page has. */
const MANY = 'many';

const putMany = () =>
  forEachOf(
    Array.from({ length: 51 }, (_, index) => `many-${index}`),
    (no_refund) =>
      service.put({
        ...{
          no_refund,
          kind: 'refund',
          status: 'SUCCEEDED',
          version: 3,
          money_refund: '1.00',
          no_order: MANY,
        },
        ...{ created_at: '2026-01-02T03:04:05.000Z', updated_at: '2026-01-02T03:04:05.000Z' },
      }),
  );

/** What each sample reads. */
const environment = () => ({
  REFUNDS_URL: api.url,
  AWS_REGION: 'ap-east-1',
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
});

const samples: [name: string, tool: ToolName, args: string[]][] = [
  ['curl.sh', 'curl', ['docs/calling/curl.sh']],
  ['refund.mts', 'node', ['docs/calling/refund.mts']],
  ['refund.py', 'botocore', ['docs/calling/refund.py']],
  ['RefundClient.java', 'java', ['-XX:TieredStopAtLevel=1', 'docs/calling/RefundClient.java']],
];

const runnable = samples.flatMap(([name, tool, args]) => {
  const command = commandOf(tool);
  return command ? [{ name, command: tool === 'curl' ? 'sh' : command, args }] : [];
});

test('there are samples that this machine can run', () => {
  expect(runnable.map(({ name }) => name)).toContain('refund.mts');
});

describe.each(runnable)('$name', ({ name, command, args }) => {
  const own = (number: string) => `${number}-${name.split('.')[1]}`;
  const run = (number: string, amount = '1.00', more: Record<string, string> = {}, order = orderOf(number)) =>
    runTool(command, [...args, number, amount, order], { ...environment(), ...more });
  const hasPages = !name.endsWith('.sh');
  // Every kind of character that an order may have, where the sample encodes it.
  const orderOf = (number: string) => (hasPages ? `${number}/+*!'(~` : number);
  const sentBy = (number: string) => api.received.filter(({ body }) => body.includes(`"${number}"`));

  afterEach(() => {
    api.disturbances.splice(0);
  });

  test('applies, and reads the refund, its story and its order', async () => {
    const number = own('first~1');
    const { code, stdout, stderr } = await run(number);
    expect({ code, stderr: code ? stderr : '' }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^202: recorded/m);
    const printed = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    expect(printed).toContainEqual(expect.objectContaining({ no_refund: number, attempts: 1 }));
    const pages = printed.filter((value) => value.refunds);
    expect(pages).toEqual([expect.objectContaining({ totals: expect.any(Object) })]);

    // A story follows its record: it must be there before the sample reads it.
    const story = `${open.url}/refunds/${number}/history`;
    await until(async () => (await (await fetch(story)).text()).includes('refund.succeeded'));
    const again = await run(number);
    expect(again.stdout).toMatch(/^200: /m);
    expect(again.stdout).toContain('SUCCEEDED');
    expect(again.stdout).toContain('refund.succeeded');

    const other = await run(number, '2.00');
    expect(other).toMatchObject({ code: 1, stdout: expect.stringMatching(/^409: .*second payment/m) });
    expect(service.sandbox.gateway.requests(number)).toHaveLength(1);
  });

  if (hasPages)
    test('a list is read to its last page', async () => {
      const { code, stdout } = await run(own('paged'), '1.00', {}, MANY);
      expect(code).toBe(0);
      const pages = stdout
        .split('\n')
        .flatMap((line) => (line.includes('"refunds"') ? [JSON.parse(line)] : []));
      expect(pages.map(({ refunds }) => refunds.length)).toEqual([50, expect.any(Number)]);
      expect(pages[1].totals.succeeded).toMatch(/^5\d\.00$/);
    });

  test('a rejection may be applied for again, unchanged', async () => {
    const { code, stdout } = await run(own('code-5006'));
    expect(code).toBe(1);
    expect(stdout).toContain('5006');
    expect(stdout).toMatch(/^422: .*apply again, unchanged/m);
  });

  test('what may be repeated is repeated: the same bytes, signed anew', async () => {
    const number = own('again');
    api.disturbances.push(503, 'break', 429);
    const { code, stdout, stderr } = await run(number);
    expect({ code, stderr: code ? stderr : '' }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^202: /m);
    const sent = sentBy(number);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(service.sandbox.gateway.requests(number)).toHaveLength(1);
  });

  test.each([503, 429] as const)(
    'a service that answers %i to the end leaves the outcome open',
    async (status) => {
      api.disturbances.push(...Array(5).fill(status));
      const { code, stdout } = await run(own(`unknown-${status}`));
      expect(code).toBe(3);
      const advice = `^(API Gateway answered )?${status}\\b.*not known\\. Apply again later, unchanged`;
      expect(stdout).toMatch(new RegExp(advice, 'm'));
      expect(stdout).not.toContain('Mend the request');
    },
  );

  test('a wrong request, and a wrong signature, are neither repeated nor carried out', async () => {
    const number = own('wrong');
    expect(await run(number, '0.001')).toMatchObject({ code: 2, stdout: expect.stringMatching(/^400: /m) });
    const forged = await run(number, '1.00', { AWS_SECRET_ACCESS_KEY: 'another' });
    expect(forged).toMatchObject({ code: 2, stdout: expect.stringMatching(/^403: /m) });
    const stale = await run(number, '1.00', { AWS_SESSION_TOKEN: 'another' });
    expect(stale).toMatchObject({ code: 2, stdout: expect.stringMatching(/^403: /m) });
    expect(sentBy(number)).toHaveLength(3);
    expect(await service.record(number)).toBeUndefined();
  });

  test('credentials that last have no session token', async () => {
    const { sessionToken: _none, ...lasting } = credentials;
    api.credentials = lasting;
    const { code, stdout, stderr } = await run(own('lasting'), '1.00', { AWS_SESSION_TOKEN: '' });
    api.credentials = credentials;
    expect({ code, stderr: code ? stderr : '' }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^202: /m);
  });
});

/** Of a refund that another program has made: only such a number has characters that a URL encodes. */
const FOREIGN = 'a b%/ä*~+&=:@;';

const PYTHON_PROBE = `import sys
sys.dont_write_bytecode = True
sys.path.insert(0, 'docs/calling')
import refund
print(refund.call('GET', 'refunds/' + refund.quote(sys.argv[1], safe='')))`;

const JAVA_PROBE = `public class Probe {
  public static void main(String[] args) throws Exception {
    var env = System.getenv();
    var credentials = new RefundClient.Credentials(env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY"), env.get("AWS_SESSION_TOKEN"));
    System.out.println(new RefundClient(env.get("REFUNDS_URL"), "ap-east-1", credentials).get(new String(java.util.Base64.getDecoder().decode(args[0]), "UTF-8")));
  }
}`;

/** Compiles the client and what calls it. The machine's own encoding must not matter. */
async function javaProbe(java: string, environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'calling-'));
  writeFileSync(join(folder, 'Probe.java'), JAVA_PROBE);
  const sources = ['docs/calling/RefundClient.java', join(folder, 'Probe.java')];
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-encoding', 'UTF-8', '-d', folder];
  await runTool(java, [...compiler, ...sources], environment);
  const number = Buffer.from(FOREIGN).toString('base64');
  const printed = await runTool(java, ['-cp', folder, 'Probe', number], environment);
  rmSync(folder, { recursive: true });
  return printed;
}

const probes: [tool: ToolName, run: (command: string, env: Record<string, string>) => Promise<Printed>][] = [
  ['botocore', (command, env) => runTool(command, ['-c', PYTHON_PROBE, FOREIGN], env)],
  ['java', javaProbe],
];

for (const [tool, probe] of probes) {
  const command = commandOf(tool);
  const testWithTool = command ? test : test.skip;
  testWithTool(`${tool}: any number can be read`, async () => {
    const { stdout, stderr } = await probe(String(command), { ...environment(), PYTHONUTF8: '1' });
    expect(`${stdout}${stderr}`).toContain('RefundNotFound');
  });
}
