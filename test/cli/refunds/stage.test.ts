import { createServer, type Server } from 'node:http';
import { close, listen, readBody } from '../../../sandbox/http.ts';
import { type ScriptedServer, startScript } from '../../client/scripted-server.ts';
import { refunds } from './refunds-command.ts';

let api: ScriptedServer;
let cloudFormation: Server;
let environment: Record<string, string>;
let asked: string | null;

beforeAll(async () => {
  api = await startScript([[200, { refunds: [] }]]);
  cloudFormation = createServer(async (request, response) => {
    asked = new URLSearchParams(String(await readBody(request))).get('StackName');
    const outputs =
      asked === 'lianlian-refunds-prod'
        ? `<Outputs><member><OutputKey>HttpApiUrl</OutputKey><OutputValue>${api.url}</OutputValue></member></Outputs>`
        : '';
    const stack = `<Stacks><member><StackName>${asked}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-26T00:00:00Z</CreationTime>${outputs}</member></Stacks>`;
    response
      .setHeader('content-type', 'text/xml')
      .end(
        `<DescribeStacksResponse><DescribeStacksResult>${stack}</DescribeStacksResult></DescribeStacksResponse>`,
      );
  });
  environment = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: await listen(cloudFormation, 0, 'CloudFormation'),
    AWS_ACCESS_KEY_ID: 'AKIASOMEONE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-of-mine',
    AWS_SESSION_TOKEN: 'a-token',
  };
});

afterAll(async () => {
  await api.stop();
  await close(cloudFormation);
});

test("a stage's URL comes from its stack, and requests are signed with AWS's usual credentials", async () => {
  const { code, stdout, stderr } = await refunds(['list', '--open', '--stage', 'prod'], environment);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'There are none.\n', stderr: '' });
  const headers = api.received.at(-1)?.headers;
  expect(headers?.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIASOMEONE\/\d{8}\/ap-east-1\/execute-api\/aws4_request, /,
  );
  expect(headers?.['x-amz-security-token']).toBe('a-token');
});

test('--region chooses the region', async () => {
  await refunds(['list', '--open', '--stage', 'prod', '--region', 'eu-west-1'], environment);
  expect(api.received.at(-1)?.headers.authorization).toContain('/eu-west-1/execute-api/');
});

test('a stack without that output: status 2, and what to do', async () => {
  const { code, stderr } = await refunds(['list', '--open', '--stage', 'other'], environment);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'The stack lianlian-refunds-other has no output HttpApiUrl. Give --url.\n',
  });
});

const NOWHERE = {
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nowhere',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
};

test.each([
  ['C', /^No AWS credentials were found that can be used \(.+\)\. Log in .*AWS_PROFILE.*\n$/],
  ['zh_CN.UTF-8', /^没有找到可用的 AWS 凭证（.+）。请登录.*AWS_PROFILE.*\n$/],
])('no credentials, in %s: status 2, that there are none, and what to do', async (LANG, says) => {
  const { code, stdout, stderr } = await refunds(['get', 'r-1', '--stage', 'prod'], {
    ...environment,
    ...NOWHERE,
    LANG,
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(says);
  expect(stderr).not.toContain('CredentialsProviderError');
});

test('no answer of AWS: status 2, what to do, and nothing secret', async () => {
  const { code, stdout, stderr } = await refunds(['get', 'r-1', '--stage', 'prod'], {
    ...environment,
    AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9',
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Check --stage, --region and your AWS credentials.');
  expect(stderr).not.toContain('a-secret-of-mine');
});
