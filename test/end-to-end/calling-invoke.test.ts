import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiGateway } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { startLambdaApi } from '../support/lambda-api.ts';
import { type Service, startService } from '../support/service.ts';
import { commandOf, runTool } from '../support/tools.ts';

const aws = commandOf('aws');
const jq = commandOf('jq');
const describeWithTools = aws && jq ? describe : describe.skip;

const NAME = 'lianlian-refunds-dev-apply-refund';
const credentials = {
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'ap-east-1',
};

describeWithTools('invoke.sh', () => {
  let service: Service;
  let lambda: Lambda;
  let api: ApiGateway;
  let folder: string;
  const invoked: string[] = [];

  beforeAll(async () => {
    service = await startService({ notifyAfterMs: 60_000 });
    lambda = await service.lambda('apply-refund');
    api = await startLambdaApi((name, payload) => {
      invoked.push(name);
      return lambda.invoke(payload);
    });
    // The sample says no address, since on AWS there is but one.
    folder = mkdtempSync(join(tmpdir(), 'aws-'));
    const wrapper = `#!/bin/sh\nexec ${aws} --endpoint-url ${api.url} "$@"\n`;
    writeFileSync(join(folder, 'aws'), wrapper, { mode: 0o755 });
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const invoke = (payload: string) =>
    runTool('sh', ['docs/calling/invoke.sh', NAME, payload], {
      ...credentials,
      PATH: `${folder}:${process.env.PATH}`,
    });

  const application = (no_refund: string, money_refund = '1.00') =>
    JSON.stringify({ no_refund, money_refund, no_order: '1', reason: '重复付款' });

  test('the function is called by its deployed name, with the object itself', async () => {
    const { code, stdout, stderr } = await invoke(application('cli-1'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      no_refund: 'cli-1',
      status: 'PROCESSING',
      reason: '重复付款',
    });
    expect(invoked).toContain(NAME);
  });

  test.each([
    ['another refund', application('cli-2', '2.00'), 1, /second payment/],
    ['a rejection', application('code-5006-cli'), 1, /apply again, unchanged/],
    ['a wrong request', application('cli 3'), 2, /Mend the request/],
  ])('%s is a thrown error, and its name tells what to do', async (_what, payload, status, says) => {
    await invoke(application('cli-2'));
    const { code, stdout } = await invoke(payload);
    expect({ code, stdout }).toEqual({ code: status, stdout: expect.stringMatching(says) });
    expect(stdout).toMatch(/^\{"errorType":"(RefundConflict|RefundRejected|InvalidRequest)"/);
  });

  test('a function that is out of reach leaves the outcome open', async () => {
    const table = await service.proxy(service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB);
    table.injectFaults(() => 'refuse');
    const working = lambda;
    lambda = await service.lambda('apply-refund', { AWS_ENDPOINT_URL_DYNAMODB: table.endpoint });
    const { code, stdout } = await invoke(application('cli-4'));
    lambda = working;
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringMatching(/unchanged, under the same/) });
  });

  test('without the format of the payload, version 2 takes it for base64', async () => {
    const before = invoked.length;
    const payload = '{"no_refund":"cli-5"}';
    const args = ['lambda', 'invoke', '--function-name', NAME, '--payload', payload, '/dev/null'];
    const { code, stderr } = await runTool(join(folder, 'aws'), args, credentials);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/base64|ASCII|Could not parse/);
    expect(invoked).toHaveLength(before);
  });
});
