import { readFileSync } from 'node:fs';
import { readTemplate } from '../support/template.ts';

const template = readTemplate();
const propertiesOf = (type: string) =>
  Object.values(template.ofType(type)).map(({ Properties }) => Properties);

/** The time-out (seconds) and memory (MB) of each function. */
const functions: Record<string, [timeout: number, memory: number]> = {
  'apply-refund': [28, 512],
  'apply-exchange-refund': [28, 512],
  'notify-callback': [5, 512],
  'query-refund': [20, 512],
  'list-refunds': [20, 512],
  'reconcile-refunds': [240, 512],
  'publish-refund-events': [60, 512],
  'refund-history': [20, 512],
  'record-refund-history': [60, 512],
};

test('each function has its time-out and its memory', () => {
  const deployed = Object.entries(template.functions).map(([name, { properties }]) => [
    name,
    [properties.Timeout, properties.MemorySize],
  ]);
  expect(Object.fromEntries(deployed)).toEqual(functions);
});

test.each(Object.entries(template.functions))(
  '%s runs on ARM and Node 24, without reserved concurrency and extra storage',
  (_name, { properties }) => {
    expect(properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' });
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(properties).not.toHaveProperty('EphemeralStorage');
  },
);

const settings: Record<string, string> = {
  GATEWAY_TIMEOUT_MS: '10000',
  FIRST_CHECK_SECONDS: '900',
  RESEND_AFTER_SECONDS: '900',
  RESEND_UNTIL_SECONDS: '86400',
  KEY_CACHE_SECONDS: '300',
  STAGE: 'dev',
};

test.each(Object.entries(template.functions))(
  '%s has the settings that docs/settings.md calls the default',
  (_name, { environment }) => {
    expect(environment).toMatchObject(settings);
  },
);

test('reconcile-refunds has the limits that docs/settings.md calls the default', () => {
  expect(template.functions['reconcile-refunds']?.environment).toMatchObject({
    LIANLIAN_QUERY_URL: 'https://queryapi.lianlianpay.com',
    RECONCILE_CHECKS_PER_SHARD: '6',
    GATEWAY_MAX_IN_FLIGHT: '48',
    GATEWAY_MAX_PER_SECOND: '200',
    RECONCILE_RUNS: '4',
    RECONCILE_ALONE_SECONDS: '10',
  });
});

test('the functions call the real gateway, and accept notifications from every address', () => {
  expect(template.functions['apply-refund']?.environment).toMatchObject({
    LIANLIAN_TRADER_URL: 'https://traderapi.lianlianpay.com',
    LIANLIAN_QUERY_URL: 'https://queryapi.lianlianpay.com',
    GATEWAY_CA: '',
  });
  expect(template.functions['notify-callback']?.environment).toMatchObject({ NOTIFY_ALLOWED_IPS: '' });
});

test('reconciliation runs every five minutes; a run that can’t begin within a minute is skipped, and none is retried', () => {
  expect(propertiesOf('AWS::Events::Rule')).toEqual([
    expect.objectContaining({ ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' }),
    // By which runs start others.
    expect.not.objectContaining({ ScheduleExpression: expect.anything() }),
  ]);
  expect(propertiesOf('AWS::Lambda::EventInvokeConfig')).toEqual([
    expect.objectContaining({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 }),
  ]);
});

test('reconciliation is updated after the functions that read its leases in the stream', () => {
  const [reconcile, ...readers] = ['reconcile-refunds', 'publish-refund-events', 'record-refund-history'].map(
    (name) => String(template.functions[name]?.logicalId),
  );
  expect(template.resources[String(reconcile)]?.DependsOn).toEqual(expect.arrayContaining(readers));
});

// No FilterCriteria: every change is told, and a filter can't know which one tells something (docs/scale.md).
test('the event sources of the stream and the dead letters have these properties', () => {
  const ofFunction = (name: string) =>
    propertiesOf('AWS::Lambda::EventSourceMapping')
      .filter(({ FunctionName }) => FunctionName === template.functions[name]?.arn)
      .sort((a, b) => Number(b.Enabled) - Number(a.Enabled));
  const [stream, letters] = ofFunction('publish-refund-events');
  const queue = template.evaluate({ 'Fn::GetAtt': ['RefundEventDeadLetters', 'Arn'] });
  expect(stream).toEqual({
    EventSourceArn: template.evaluate({ 'Fn::GetAtt': ['RefundsTable', 'StreamArn'] }),
    FunctionName: template.functions['publish-refund-events']?.arn,
    StartingPosition: 'TRIM_HORIZON',
    Enabled: true,
    BatchSize: 25,
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: true,
    // 22 hours: two before the stream drops a record.
    MaximumRecordAgeInSeconds: 79_200,
    DestinationConfig: { OnFailure: { Destination: queue } },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  expect(letters).toEqual({
    EventSourceArn: queue,
    FunctionName: template.functions['publish-refund-events']?.arn,
    Enabled: false,
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  // Stories give nothing up: no age, no number of tries, nothing that a change is put aside to.
  expect(ofFunction('record-refund-history')).toEqual([
    {
      EventSourceArn: template.evaluate({ 'Fn::GetAtt': ['RefundsTable', 'StreamArn'] }),
      FunctionName: template.functions['record-refund-history']?.arn,
      StartingPosition: 'TRIM_HORIZON',
      Enabled: true,
      BatchSize: 25,
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  ]);
});

test('dead letters are kept for 14 days, and one that is being replayed is hidden for six time-outs', () => {
  expect(propertiesOf('AWS::SQS::Queue')).toEqual([
    { SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400, VisibilityTimeout: 6 * 60 },
  ]);
});

test('the public route allows 50 requests a second, with bursts of 100, and the others what the account allows', () => {
  expect(propertiesOf('AWS::ApiGatewayV2::Stage').map(({ RouteSettings }) => RouteSettings)).toEqual([
    { 'POST /refund-notifications': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 } },
  ]);
});

test('API Gateway waits at least as long as a function may run', () => {
  const waits = propertiesOf('AWS::ApiGatewayV2::Integration').map(({ TimeoutInMillis }) => TimeoutInMillis);
  expect(waits.length).toBeGreaterThan(3);
  for (const wait of waits) expect(wait ?? 30_000).toBeGreaterThanOrEqual(28_000);
});

test('every log is kept for 90 days', () => {
  const logs = propertiesOf('AWS::Logs::LogGroup');
  expect(logs).toHaveLength(Object.keys(template.functions).length + 1);
  for (const { RetentionInDays } of logs) expect(RetentionInDays).toBe(90);
});

test('the tables have deletion protection and point-in-time recovery, and outlive the stack', () => {
  for (const { Properties } of Object.values(template.ofType('AWS::DynamoDB::Table'))) {
    expect(Properties).not.toHaveProperty('WarmThroughput');
    expect(Properties).not.toHaveProperty('OnDemandThroughput');
  }
  expect(Object.values(template.ofType('AWS::DynamoDB::Table')).reverse()).toEqual([
    expect.objectContaining({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        AttributeDefinitions: [
          { AttributeName: 'no_refund', AttributeType: 'S' },
          { AttributeName: 'position', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'no_refund', KeyType: 'HASH' },
          { AttributeName: 'position', KeyType: 'RANGE' },
        ],
      },
    }),
    expect.objectContaining({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: expect.objectContaining({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        KeySchema: [{ AttributeName: 'no_refund', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due-refunds',
            KeySchema: [
              { AttributeName: 'shard', KeyType: 'HASH' },
              { AttributeName: 'next_check_at', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['check_wait', 'created_at'] },
          },
          ...[
            ['refunds-by-no-order', 'no_order'],
            ['refunds-by-oid-paybill', 'oid_paybill'],
            ['refunds-by-day', 'day_shard'],
            ['refunds-with-attention', 'attention'],
            ['refunds-in-conflict', 'in_conflict'],
          ].map(([IndexName, AttributeName]) => ({
            IndexName,
            KeySchema: [
              { AttributeName, KeyType: 'HASH' },
              { AttributeName: 'created_at', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          })),
        ],
      }),
    }),
  ]);
});

test('no update of the stack replaces the table or the API', () => {
  const { service } = JSON.parse(readFileSync('.serverless/serverless-state.json', 'utf8'));
  expect(service.provider.stackPolicy).toEqual([
    { Effect: 'Allow', Principal: '*', Action: ['Update:*'], Resource: '*' },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: ['Update:Replace', 'Update:Delete'],
      Resource: [
        'LogicalResourceId/RefundsTable',
        'LogicalResourceId/RefundHistoryTable',
        'LogicalResourceId/HttpApi',
      ],
    },
  ]);
  for (const name of ['RefundsTable', 'RefundHistoryTable', 'HttpApi'])
    expect(template.resources).toHaveProperty(name);
});
