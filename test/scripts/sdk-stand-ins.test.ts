import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusal, type ScriptedAws, startScriptedAws } from '../support/scripted-aws.ts';
import { bundledAndLoaded, plugins } from '../support/sdk-bundle.ts';

const clients = `
  export * from '@aws-sdk/client-dynamodb';
  export { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';`;

let aws: ScriptedAws;
// biome-ignore lint/suspicious/noExplicitAny: what a bundle exports has no types.
let sdk: any, whole: any;

const environment = { ...process.env };
const homeWithFiles = mkdtempSync(join(tmpdir(), 'aws-'));

beforeAll(async () => {
  aws = await startScriptedAws();
  [sdk, whole] = await Promise.all([bundledAndLoaded(clients, plugins), bundledAndLoaded(clients, [])]);
  mkdirSync(join(homeWithFiles, '.aws'));
  writeFileSync(join(homeWithFiles, '.aws', 'config'), '[default]\nregion = eu-west-3\nmax_attempts = 7\n');
}, 60_000);

beforeEach(() => {
  process.env = {
    ...environment,
    HOME: homeWithFiles,
    AWS_REGION: 'ap-east-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_DYNAMODB: aws.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
  };
});

afterAll(async () => {
  process.env = environment;
  await aws.stop();
});

const put = (options: object = { maxAttempts: 3 }, { DynamoDBClient, PutItemCommand } = sdk) =>
  new DynamoDBClient(options).send(new PutItemCommand({ TableName: 't', Item: { a: { S: '1' } } }));
const failure = (options?: object, using = sdk) => put(options, using).catch((error: unknown) => error);

test('a failed condition has its class and the old item', async () => {
  aws.answer(refusal('ConditionalCheckFailedException', { Item: { a: { S: '1' }, n: { N: '2' } } }));
  const error = await failure();
  expect(error).toBeInstanceOf(sdk.ConditionalCheckFailedException);
  expect(error).toMatchObject({
    name: 'ConditionalCheckFailedException',
    message: 'no',
    $fault: 'client',
    Item: { a: { S: '1' }, n: { N: '2' } },
  });
  expect(aws.requests).toHaveLength(1);
});

test.each([
  ['ResourceNotFoundException', 400, 1],
  ['ValidationException', 400, 1],
  ['AccessDeniedException', 400, 1],
  ['ProvisionedThroughputExceededException', 400, 3],
  ['ThrottlingException', 400, 3],
  ['RequestLimitExceeded', 400, 3],
  ['ReplicatedWriteConflictException', 400, 3],
  ['InternalServerError', 500, 3],
])(
  '%s (%i) is told, and tried again, as with the whole SDK',
  async (name, status, attempts) => {
    aws.answer(refusal(name, {}, status));
    const [lean, all] = await Promise.all([failure(undefined, sdk), failure(undefined, whole)]);
    expect(lean).toBeInstanceOf(Error);
    expect(lean).not.toBeInstanceOf(sdk.ConditionalCheckFailedException);
    expect(lean).toMatchObject({ name, message: 'no', $metadata: { httpStatusCode: status, attempts } });
    expect(all).toMatchObject({ name, message: 'no', $metadata: { httpStatusCode: status, attempts } });
    expect(lean.$fault).toBe(all.$fault);
  },
  20_000,
);

test('a throttled call waits before it is repeated, and succeeds', async () => {
  aws.answer(refusal('ThrottlingException'), { body: {} });
  const { $metadata } = await put();
  expect($metadata).toMatchObject({ attempts: 2 });
  expect($metadata.totalRetryDelay).toBeGreaterThan(0);
});

test('a wrong clock is corrected by the answer, and the call repeated', async () => {
  const hourLater = { date: new Date(Date.now() + 3_600_000).toUTCString() };
  aws.answer({ ...refusal('InvalidSignatureException'), headers: hourLater }, { headers: hourLater });
  await put();
  const [first, second] = aws.requests.map(({ headers }) => signedAtMs(String(headers['x-amz-date'])));
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(3_500_000);
});

const signedAtMs = (date: string) =>
  Date.parse(
    date.replace(/(....)(..)(..T..)(..)(..Z)/, (_all, y, m, d, min, s) => `${y}-${m}-${d}:${min}:${s}`),
  );

test.each<[setting: string, value: string, tries: number]>([
  ['AWS_MAX_ATTEMPTS', '2', 2],
  ['AWS_MAX_ATTEMPTS', 'many', 4],
  ['AWS_RETRY_MODE', 'adaptive', 4],
])(
  'the environment counts (%s=%s), and ~/.aws does not',
  async (setting, value, tries) => {
    process.env[setting] = value;
    aws.answer(refusal('InternalServerError', {}, 500));
    await failure({});
    expect(aws.requests).toHaveLength(tries);
    expect(aws.requests[0]?.headers.authorization).toContain('/ap-east-1/dynamodb/aws4_request');
  },
  20_000,
);

test('without a region in the environment there is none', async () => {
  delete process.env.AWS_REGION;
  await expect(failure()).resolves.toMatchObject({ message: 'Region is missing' });
});

test('a request tells the SDK, the service and the trace of the invocation', async () => {
  Object.assign(process.env, { AWS_LAMBDA_FUNCTION_NAME: 'apply-refund', _X_AMZN_TRACE_ID: 'Root=1-0' });
  aws.answer({});
  await put();
  Object.assign(globalThis, { awslambda: { InvokeStore: { getXRayTraceId: () => 'Root=1-1' } } });
  await put();
  Object.assign(globalThis, { awslambda: undefined });
  expect(aws.requests.map(({ headers }) => headers['x-amzn-trace-id'])).toEqual(['Root=1-0', 'Root=1-1']);
  expect(aws.requests[0]?.headers['user-agent']).toMatch(
    /^aws-sdk-js\/3\.\d+\.\d+ ua\/2\.1 os\/\w+ lang\/js md\/nodejs#\d+\S+ api\/dynamodb#3\.\d+\.\d+$/,
  );
});

test('a secret is the same as with the whole SDK', async () => {
  const body = { Name: 's', SecretString: 'text', SecretBinary: 'AQI=', CreatedDate: 1764115200.123 };
  aws.answer({ body });
  const [lean, all] = await Promise.all(
    [sdk, whole].map(({ SecretsManagerClient, GetSecretValueCommand }) =>
      new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: 's' })),
    ),
  );
  expect(lean).toEqual(all);
  expect(lean).toMatchObject({ SecretString: 'text', CreatedDate: new Date(1764115200123) });
});

const regions =
  'ap-east-1 us-east-1 eu-west-3 sa-west-1 mx-central-1 zz-new-1 aws-global cn-north-1 cn-northwest-1 us-gov-west-1 us-iso-east-1 us-isob-east-1 eu-isoe-west-1 us-isof-south-1 eusc-de-east-1';

test.each(regions.split(' '))('%s has the endpoints of the whole SDK', (Region) => {
  for (const client of ['DynamoDBClient', 'SecretsManagerClient']) {
    for (const options of [
      {},
      { UseFIPS: true },
      { UseDualStack: true },
      { UseFIPS: true, UseDualStack: true },
    ]) {
      const parameters = { Region, UseFIPS: false, UseDualStack: false, ...options };
      const [lean, all] = [sdk, whole].map((one) => {
        const { endpointProvider } = new one[client]({}).config;
        try {
          return endpointProvider(parameters).url.href;
        } catch (error) {
          return String(error);
        }
      });
      expect(lean).toBe(all);
    }
  }
});
