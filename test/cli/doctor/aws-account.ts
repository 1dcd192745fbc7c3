import { createServer, type IncomingMessage } from 'node:http';
import { type Definition, readDefinition } from '../../../cli/doctor/definition.ts';
import { close, listen, readBody } from '../../../sandbox/http.ts';
import { tableDefinition } from '../../../sandbox/table.ts';
import { rsaKeyPair } from '../../support/key-pairs.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests plant whatever they like
type Anything = any;

const STACK = 'lianlian-refunds-prod';
const REGION = 'arn:aws:x:ap-east-1:123456789012';

const STREAM = `${REGION.replace(':x:', ':dynamodb:')}:table/refunds/stream/2026-11-26T00:00:00.000`;

/** What an account has, as AWS's answers tell it. A test plants its fault here. */
export interface State {
  stack: { status: string; isProtected: boolean };
  functions: Record<string, Anything>;
  reserved: Record<string, number>;
  mappings: Anything;
  tables: Record<string, Anything>;
  backups: string;
  secrets: Record<string, string>;
  /** By logical id. */
  alarms: Record<string, Anything>;
  rules: Record<string, string>;
  buses: string[];
  deadLetters: number;
  /** How far AWS's clock is ahead of this machine's. */
  aheadMs: number;
  /** Operations for which the caller has no right. */
  denied: string[];
}

export const merchant = rsaKeyPair(2048);
const lianlian = rsaKeyPair(1024);

/** A stage in which nothing is wrong. */
export function healthyState(gateway: { url: string; ca: string }): State {
  const definition = readDefinition('.');
  const names = definition.functions.map(({ name }) => name);
  const configuration = (name: string) => ({
    FunctionName: `${STACK}-${name}`,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], VpcId: 'vpc-1' },
    Environment: { Variables: settingsOf(definition, name, gateway) },
  });
  return {
    stack: { status: 'UPDATE_COMPLETE', isProtected: true },
    functions: Object.fromEntries(names.map((name) => [name, configuration(name)])),
    reserved: {},
    mappings: {
      'publish-refund-events': [
        mapping('1', STREAM, 'Enabled'),
        mapping('2', `${REGION.replace(':x:', ':sqs:')}:dead`, 'Disabled'),
      ],
      'record-refund-history': [mapping('3', STREAM, 'Enabled')],
    },
    tables: { refunds: tableOf('RefundsTable'), stories: tableOf('RefundHistoryTable') },
    backups: 'ENABLED',
    secrets: {
      'lianlian/prod/merchant-key': merchant.privateKey,
      'lianlian/prod/gateway-keys': JSON.stringify({ public_keys: [lianlian.publicKey] }),
    },
    alarms: Object.fromEntries(definition.alarms.map((name) => [name, alarm(name)])),
    rules: { schedule: 'ENABLED', shares: 'ENABLED' },
    buses: ['refunds'],
    deadLetters: 0,
    aheadMs: 0,
    denied: [],
  };
}

function settingsOf(definition: Definition, name: string, { url, ca }: { url: string; ca: string }) {
  const values: Record<string, string> = {
    STAGE: 'prod',
    REFUNDS_TABLE: 'refunds',
    REFUND_HISTORY_TABLE: 'stories',
    OID_PARTNER: '201408071000001543',
    NOTIFY_URL: 'https://abc.execute-api.ap-east-1.amazonaws.com/refund-notifications',
    MERCHANT_KEY_SECRET_ID: 'lianlian/prod/merchant-key',
    LIANLIAN_KEY_SECRET_ID: 'lianlian/prod/gateway-keys',
    LIANLIAN_TRADER_URL: url,
    LIANLIAN_QUERY_URL: url,
    GATEWAY_CA: ca,
    EVENT_BUS_NAME: 'refunds',
    DEAD_LETTERS_QUEUE_URL: 'https://sqs.ap-east-1.amazonaws.com/123456789012/dead',
  };
  const { settings = [] } = definition.functions.find((one) => one.name === name) ?? {};
  return Object.fromEntries(settings.flatMap((key) => (key in values ? [[key, values[key]]] : [])));
}

const mapping = (UUID: string, EventSourceArn: string, State: string) => ({ UUID, EventSourceArn, State });

const alarm = (name: string) => ({
  AlarmName: `${STACK}-${name}-1A2B`,
  ActionsEnabled: true,
  AlarmActions: ['arn:aws:sns:ap-east-1:123456789012:on-call'],
  StateValue: 'OK',
});

function tableOf(resource: string) {
  const { GlobalSecondaryIndexes = [], ...table } = tableDefinition('serverless.yml', resource);
  return {
    ...table,
    GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' })),
    TableStatus: 'ACTIVE',
    DeletionProtectionEnabled: true,
    LatestStreamArn: STREAM,
  };
}

const found = (value: Anything) => value ?? { error: 'ResourceNotFoundException' };

/** The operations of AWS that only look. Everything else is refused, and remembered too. */
const OPERATIONS: Record<string, (state: State, input: Anything) => Anything> = {
  GetFunctionConfiguration: ({ functions }, name) => found(functions[name]),
  GetFunctionConcurrency: ({ reserved }, name) =>
    name in reserved ? { ReservedConcurrentExecutions: reserved[name] } : {},
  ListEventSourceMappings: ({ mappings }, name) => ({ EventSourceMappings: mappings[name] ?? [] }),
  DescribeTable: ({ tables }, { TableName }) => found(tables[TableName] && { Table: tables[TableName] }),
  DescribeContinuousBackups: ({ backups }) => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: backups },
    },
  }),
  GetSecretValue: ({ secrets }, { SecretId }) =>
    found(SecretId in secrets ? { Name: SecretId, SecretString: secrets[SecretId] } : undefined),
  DescribeAlarms: ({ alarms }, { AlarmNames }) => ({
    MetricAlarms: Object.values(alarms).filter(({ AlarmName }) => AlarmNames.includes(AlarmName)),
  }),
  DescribeRule: ({ rules }, { Name }) => ({ Name, State: rules[Name] }),
  DescribeEventBus: ({ buses }, { Name }) => found(buses.includes(Name) ? { Name } : undefined),
  GetQueueAttributes: ({ deadLetters }) => ({
    Attributes: { ApproximateNumberOfMessages: String(deadLetters) },
  }),
  DescribeStacks: ({ stack }) =>
    `<Stacks><member><StackName>${STACK}</StackName><StackStatus>${stack.status}</StackStatus><CreationTime>2026-11-26T00:00:00Z</CreationTime><EnableTerminationProtection>${stack.isProtected}</EnableTerminationProtection></member></Stacks>`,
  ListStackResources: ({ alarms }) => {
    const member = (type: string, logical: string, physical: string) =>
      `<member><ResourceType>${type}</ResourceType><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-26T00:00:00Z</LastUpdatedTimestamp></member>`;
    const rows = Object.entries(alarms).map(([name, { AlarmName }]) =>
      member('AWS::CloudWatch::Alarm', name, AlarmName),
    );
    const rules = [
      member('AWS::Events::Rule', 'ReconcileDashrefundsEventsRuleSchedule1', 'schedule'),
      member('AWS::Events::Rule', 'RefundSharesRule', 'shares'),
    ];
    return `<StackResourceSummaries>${[...rows, ...rules].join('')}</StackResourceSummaries>`;
  },
};

/** The operation and its input: of Lambda by the path, of CloudFormation in a form, of the others by a header. */
function requestOf({ url = '', headers }: IncomingMessage, body: string): [string, Anything] {
  const target = headers['x-amz-target'];
  if (target) return [String(target).split('.').at(-1) ?? '', JSON.parse(body)];
  const form = new URLSearchParams(body);
  if (form.has('Action')) return [form.get('Action') ?? '', Object.fromEntries(form)];
  const [, name = ''] = /lianlian-refunds-prod-([\w-]+)/.exec(url) ?? [];
  if (url.includes('event-source-mappings')) return ['ListEventSourceMappings', name];
  return [url.includes('/concurrency') ? 'GetFunctionConcurrency' : 'GetFunctionConfiguration', name];
}

export interface Account {
  state: State;
  /** The operations that were called, each once. */
  operations: Set<string>;
  /** By which the SDK reaches it. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

/** An account of AWS on 127.0.0.1, over real sockets. */
export async function startAccount(state: State): Promise<Account> {
  const operations = new Set<string>();
  const server = createServer(async (request, response) => {
    const [operation, input] = requestOf(request, String(await readBody(request)));
    operations.add(`${request.method === 'POST' ? '' : `${request.method} `}${operation}`);
    const isDenied = state.denied.includes(operation);
    const answer = isDenied ? { error: 'AccessDeniedException' } : OPERATIONS[operation]?.(state, input);
    response.setHeader('date', new Date(Date.now() + state.aheadMs).toUTCString());
    if (isDenied && operation === 'DescribeStacks')
      return response
        .writeHead(403, { 'content-type': 'text/xml' })
        .end('<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>');
    if (typeof answer === 'string')
      return response
        .setHeader('content-type', 'text/xml')
        .end(
          `<${operation}Response><${operation}Result>${answer}</${operation}Result></${operation}Response>`,
        );
    const error = answer ? answer.error : 'UnknownOperationException';
    response.setHeader('content-type', request.headers['content-type'] ?? 'application/json');
    if (error) response.setHeader('x-amzn-errortype', error).writeHead(400);
    response.end(JSON.stringify(error ? { __type: error, message: 'no' } : answer));
  });
  const url = await listen(server, 0, 'the account');
  const services = 'CLOUDFORMATION CLOUDWATCH DYNAMODB EVENTBRIDGE LAMBDA SECRETS_MANAGER SQS'.split(' ');
  const environment = {
    ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
    AWS_ACCESS_KEY_ID: 'someone',
    AWS_SECRET_ACCESS_KEY: 'something',
  };
  return { state, operations, environment, stop: () => close(server) };
}
