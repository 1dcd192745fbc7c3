import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { readConfig, reconcileConfigFrom } from '../../shared/runtime/config.ts';
import {
  copyOfProject,
  type Ended,
  misleadingEnvironment,
  removeCopies,
  run,
} from '../support/project-copies.ts';
import { readTemplate, type Template, templatePath } from '../support/template.ts';

/** The production stage that docs/deploying.md shows, packaged as its reader would. */
const [, shown = ''] =
  /^```yaml\n( {2}prod:\n.*?)^```/ms.exec(readFileSync('docs/deploying.md', 'utf8')) ?? [];

const [gatewayCa = ''] = rootCertificates;

const everything = `${shown}    tracing: Active
    notifyRateLimit: 200
    notifyBurstLimit: 400
    applyThrottling: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 }
    readThrottling: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }
    applyConcurrency: 11
    applyExchangeConcurrency: 12
    notifyConcurrency: 13
    queryConcurrency: 14
    listConcurrency: 15
    historyConcurrency: 16
    reconcileConcurrency: 5
    publishConcurrency: 17
    storiesConcurrency: 18
    publishParallelism: 4
    publishBatchSize: 100
    storiesParallelism: 10
    storiesBatchSize: 1000
    tableWarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 20000 }
    indexWarmThroughput: { ReadUnitsPerSecond: 13000, WriteUnitsPerSecond: 10000 }
    historyTableWarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 15000 }
    tableMaxThroughput: { MaxReadRequestUnits: 12000, MaxWriteRequestUnits: 40000 }
    historyTableMaxThroughput: { MaxReadRequestUnits: 20000, MaxWriteRequestUnits: 30000 }
    refundTimeoutSeconds: 3600
    traderUrl: https://trader.example
    queryUrl: https://query.example
    gatewayCa: ${JSON.stringify(gatewayCa)}
    tableName: restored
    tableArn: arn:aws:dynamodb:ap-east-1:123456789012:table/restored
    historyTableName: stories
    historyTableArn: arn:aws:dynamodb:ap-east-1:123456789012:table/stories
    tableStreamArn: arn:aws:dynamodb:ap-east-1:123456789012:table/restored/stream/2026-02-02T00:00:00.000
`;

const callers = ['apply-exchange-refund', 'apply-refund', 'query-refund', 'reconcile-refunds'];

function packaged(params: string, ...more: string[]): { folder: string; ended: Promise<Ended> } {
  const folder = copyOfProject();
  const file = join(folder, 'serverless.yml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('\nprovider:\n', () => `\n${params}\nprovider:\n`),
  );
  const args = ['node_modules/serverless/bin/serverless.js', 'package', '--stage', 'prod', ...more];
  return { folder, ended: run(folder, args, misleadingEnvironment) };
}

afterAll(removeCopies);

describe('the production stage of docs/deploying.md, with all that may be set', () => {
  let folder: string;
  let template: Template;

  beforeAll(async () => {
    const { folder: copy, ended } = packaged(everything);
    folder = copy;
    expect(await ended).toMatchObject({ code: 0 });
    template = readTemplate(join(folder, templatePath));
  }, 120_000);

  test('cloudformation-validate reports no error and no warning', () => {
    const engine = new CelEngine();
    const { diagnostics } = engine.validateStandard(new TemplateFile(join(folder, templatePath)));
    engine.free();
    const found = diagnostics.filter(({ severity }) => ['FATAL', 'ERROR'].includes(severity));
    expect(found.map(({ ruleId, message, entity }) => ({ ruleId, message, entity }))).toEqual([]);
  });

  test('every function has the configured merchant and the named table', () => {
    for (const { environment } of Object.values(template.functions))
      expect(environment).toMatchObject({ OID_PARTNER: '201408071000001543', REFUNDS_TABLE: 'restored' });
  });

  test('both functions of the stream read that of the named table', () => {
    const streams = Object.values(template.ofType('AWS::Lambda::EventSourceMapping'))
      .map(({ Properties }) => String(Properties.EventSourceArn))
      .filter((arn) => arn.includes('dynamodb'));
    expect(streams).toEqual(Array(2).fill(expect.stringMatching(/:table\/restored\/stream\//)));
  });

  test('the outputs name the tables that are used', () => {
    const { Outputs } = JSON.parse(readFileSync(join(folder, templatePath), 'utf8'));
    expect(Outputs).toMatchObject({
      RefundsTableName: { Value: 'restored' },
      RefundHistoryTableName: { Value: 'stories' },
    });
  });

  test('no permission is on another table', () => {
    const onTables = Object.values(template.functions).flatMap(({ role }) =>
      template
        .allowedTo(role)
        .filter(({ action, resource }) => action.startsWith('dynamodb:') && resource !== '*'),
    );
    expect(onTables.length).toBeGreaterThan(10);
    for (const { resource } of onTables)
      expect(resource).toMatch(/:table\/(restored|stories)$|:table\/restored\//);
  });

  test('exactly the functions that call the gateway are in the subnets, with permission to attach', () => {
    const attached = Object.entries(template.functions).filter(([, { properties }]) =>
      Boolean((properties.VpcConfig as { SubnetIds?: string[] } | undefined)?.SubnetIds?.length),
    );
    const allowed = Object.entries(template.functions).filter(([, { role }]) =>
      template.allowedTo(role).some(({ action }) => action === 'ec2:CreateNetworkInterface'),
    );
    expect(attached.map(([name]) => name).sort()).toEqual(callers);
    expect(allowed.map(([name]) => name).sort()).toEqual(callers);
  });

  test('every function is traced, and may write its traces', () => {
    for (const { properties, role } of Object.values(template.functions)) {
      expect(properties.TracingConfig).toEqual({ Mode: 'Active' });
      const actions = template.allowedTo(role).map(({ action }) => action);
      expect(actions).toEqual(expect.arrayContaining(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']));
    }
  });

  test('exactly the functions that read a secret may decrypt it', () => {
    const decrypting = Object.fromEntries(
      Object.entries(template.functions).map(([name, { role }]) => [
        name,
        template.allowedTo(role).filter(({ action }) => action === 'kms:Decrypt').length,
      ]),
    );
    expect(decrypting).toEqual({
      'apply-refund': 2,
      'apply-exchange-refund': 2,
      'query-refund': 2,
      'reconcile-refunds': 2,
      'notify-callback': 1,
      'list-refunds': 0,
      'publish-refund-events': 0,
      'refund-history': 0,
      'record-refund-history': 0,
    });
  });

  test('exactly the functions that call the gateway have its URLs and GATEWAY_CA', () => {
    const settings = Object.entries(template.functions).map(([name, { environment }]) => [
      name,
      [environment.LIANLIAN_TRADER_URL, environment.LIANLIAN_QUERY_URL, environment.GATEWAY_CA],
    ]);
    const hosts = ['https://trader.example', 'https://query.example', gatewayCa];
    const nothing = [undefined, undefined, undefined];
    expect(settings).toEqual(
      settings.map(([name]) => [name, callers.includes(String(name)) ? hosts : nothing]),
    );
  });

  test('the named bus is created before the functions, and outlives the stack', () => {
    const [[bus, resource] = [], ...others] = Object.entries(template.ofType('AWS::Events::EventBus'));
    expect(others).toEqual([]);
    expect(resource).toMatchObject({
      // A bus that a failed first deployment left behind would block the next one.
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { Name: 'refunds' },
    });
    // A function depends on its role, and this role on the bus.
    const { PublishRefundEventsRole: role } = template.resources;
    expect(JSON.stringify(role)).toContain(JSON.stringify({ 'Fn::GetAtt': [bus, 'Arn'] }));
  });

  test('the alarms have actions', () => {
    const alarms = Object.values(template.ofType('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThan(15);
    const onCall = ['arn:aws:sns:ap-east-1:123456789012:on-call'];
    for (const { Properties } of alarms)
      expect(Properties).toMatchObject({ AlarmActions: onCall, OKActions: onCall });
  });

  test('each function has the concurrency that is reserved for it', () => {
    const reserved = Object.entries(template.functions).map(([name, { properties }]) => [
      name,
      properties.ReservedConcurrentExecutions,
    ]);
    // Each function has a parameter of its own.
    expect(Object.fromEntries(reserved)).toEqual({
      'apply-refund': 11,
      'apply-exchange-refund': 12,
      'notify-callback': 13,
      'query-refund': 14,
      'list-refunds': 15,
      'refund-history': 16,
      'reconcile-refunds': 5,
      'publish-refund-events': 17,
      'record-refund-history': 18,
    });
  });

  test('each route has its limits', () => {
    const [stage] = Object.values(template.ofType('AWS::ApiGatewayV2::Stage'));
    const applying = { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 };
    const reading = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 };
    expect(stage?.Properties.RouteSettings).toEqual({
      'POST /refund-notifications': { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
      'POST /refunds': applying,
      'POST /exchange-refunds': applying,
      'GET /refunds': reading,
      'GET /refunds/{no_refund}': reading,
      'GET /refunds/{no_refund}/history': reading,
    });
    const routes = Object.values(template.ofType('AWS::ApiGatewayV2::Route'));
    expect(Object.keys(stage?.Properties.RouteSettings as object).sort()).toEqual(
      routes.map(({ Properties }) => Properties.RouteKey).sort(),
    );
  });

  test('each of the two functions reads the stream in its own way, and every change of it', () => {
    const readers = Object.values(template.ofType('AWS::Lambda::EventSourceMapping'))
      .map(({ Properties }) => Properties)
      .filter(({ EventSourceArn }) => String(EventSourceArn).includes('/stream/'));
    const [publishing, stories] = ['publish-refund-events', 'record-refund-history'].map((name) =>
      readers.filter(({ FunctionName }) => FunctionName === template.functions[name]?.arn),
    );
    expect(publishing).toEqual([expect.objectContaining({ ParallelizationFactor: 4, BatchSize: 100 })]);
    expect(stories).toEqual([expect.objectContaining({ ParallelizationFactor: 10, BatchSize: 1000 })]);
    for (const reader of readers) expect(reader).not.toHaveProperty('FilterCriteria');
  });

  test('tables and indexes are warmed, and limited', () => {
    const { RefundsTable, RefundHistoryTable } = template.ofType('AWS::DynamoDB::Table');
    expect(RefundsTable?.Properties).toMatchObject({
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 20_000 },
      OnDemandThroughput: { MaxReadRequestUnits: 12_000, MaxWriteRequestUnits: 40_000 },
    });
    expect(RefundHistoryTable?.Properties).toMatchObject({
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 15_000 },
      OnDemandThroughput: { MaxReadRequestUnits: 20_000, MaxWriteRequestUnits: 30_000 },
    });
    const indexes = RefundsTable?.Properties.GlobalSecondaryIndexes as Record<string, unknown>[];
    const warm = { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 10_000 };
    expect(indexes.map(({ IndexName, WarmThroughput }) => [IndexName, WarmThroughput])).toEqual([
      ['due-refunds', warm],
      ['refunds-by-no-order', warm],
      ['refunds-by-oid-paybill', warm],
      ['refunds-by-day', warm],
      // Few refunds are in them.
      ['refunds-with-attention', undefined],
      ['refunds-in-conflict', undefined],
    ]);
  });

  test('the alarm on throttled tables watches those that are used', () => {
    const { TablesThrottledAlarm } = template.ofType('AWS::CloudWatch::Alarm');
    const text = JSON.stringify(TablesThrottledAlarm?.Properties.Metrics);
    expect(new Set(text.match(/"TableName","Value":"\w+"/g))).toEqual(
      new Set(['"TableName","Value":"restored"', '"TableName","Value":"stories"']),
    );
  });
});

test('the stage above sets every limit', () => {
  const [, limits = ''] =
    /\n {4}# The limits.*\n([\s\S]*?)\n {4}# `Active`/.exec(readFileSync('serverless.yml', 'utf8')) ?? [];
  const names = [...limits.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
  expect(names).toHaveLength(22);
  for (const name of names) expect(everything).toContain(`\n    ${name}: `);
});

const wordsOf = ({ stdout, stderr }: Ended) => stdout + stderr;

test('parameters that would fail only after the deployment are refused, all in one error', async () => {
  const wrong: [parameter: string, value: string, words: RegExp][] = [
    // YAML parses it as a number, and rounds that.
    ['oidPartner', '201408071000001543', /oidPartner must be a text/],
    [
      'merchantKeySecretId',
      'arn:aws:secretsmanager:ap-east-1:123456789012:secret:x',
      /merchantKeySecretId must be the secret's name/,
    ],
    [
      'lianlianKeySecretId',
      'arn:aws:secretsmanager:ap-east-1:123456789012:secret:y',
      /lianlianKeySecretId must be the secret's name/,
    ],
    [
      'eventBusName',
      'arn:aws:events:ap-east-1:123456789012:event-bus/x',
      /eventBusName must be the bus's name/,
    ],
    ['createEventBus', 'perhaps', /createEventBus must be true or false/],
    ['alarmActions', 'arn:aws:sns:ap-east-1:123456789012:on-call', /alarmActions must be a list/],
    ['refundTimeoutSeconds', '"3600"', /refundTimeoutSeconds must be a number/],
    ['network', 'vpc', /network must be vpc where/],
    ['gatewayCa', JSON.stringify(rootCertificates.slice(0, 4).join('\n')), /GATEWAY_CA is too long: .*4096/],
  ];
  const ended = await packaged(`  prod:\n${wrong.map(([name, value]) => `    ${name}: ${value}\n`).join('')}`)
    .ended;
  expect(ended.code).toBe(1);
  for (const [, , words] of wrong) expect(wordsOf(ended)).toMatch(words);
}, 60_000);

const COUNT = /Concurrency must be a whole number from 1 \(0 would stop/;
const LIMITS = /Limit must be a whole number from 1 \(0 would turn every notification away\)/;
const THROTTLING = /Throttling must be \{ ThrottlingRateLimit: …, ThrottlingBurstLimit: … \} with both/;
const WARM =
  /WarmThroughput must be \{ ReadUnitsPerSecond: …, WriteUnitsPerSecond: … \} with whole numbers from 12000/;
const MAX =
  /MaxThroughput must be \{ MaxReadRequestUnits: …, MaxWriteRequestUnits: … \} with whole numbers from 1 and not/;

const wrongLimits: [parameter: string, value: string, words: RegExp][][] = [
  [
    ['notifyRateLimit', '0', LIMITS],
    ['notifyBurstLimit', '"100"', LIMITS],
    // A burst that is missing may be 0.
    ['applyThrottling', '{ ThrottlingRateLimit: 100 }', THROTTLING],
    ['readThrottling', '{ ThrottlingRateLimit: 0, ThrottlingBurstLimit: 10 }', THROTTLING],
    ['applyConcurrency', '0', COUNT],
    ['applyExchangeConcurrency', '-1', COUNT],
    ['notifyConcurrency', 'many', COUNT],
    ['queryConcurrency', '1.5', COUNT],
    ['listConcurrency', '[5]', COUNT],
    ['historyConcurrency', '""', COUNT],
    ['reconcileConcurrency', '3', /reconcileConcurrency must be a whole number, reconcileRuns or more/],
    ['publishConcurrency', 'true', COUNT],
    ['storiesConcurrency', '"1e3"', COUNT],
    ['publishParallelism', '11', /publishParallelism must be a whole number from 1 to 10/],
    ['storiesParallelism', '0', /storiesParallelism must be a whole number from 1 to 10/],
    ['publishBatchSize', '1001', /publishBatchSize must be a whole number from 1 to 1000/],
    ['storiesBatchSize', 'large', /storiesBatchSize must be a whole number from 1 to 1000/],
    ['tableWarmThroughput', '{ ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 3999 }', WARM],
    ['indexWarmThroughput', '{ ReadUnitsPerSecond: 11999, WriteUnitsPerSecond: 4000 }', WARM],
    ['historyTableWarmThroughput', '8000', WARM],
    ['tableMaxThroughput', '{ MaxReadRequestUnits: 0, MaxWriteRequestUnits: 100 }', MAX],
    ['historyTableMaxThroughput', '{ MaxWriteRequestUnits: 100 }', MAX],
  ],
  [
    ['notifyBurstLimit', '1.5', LIMITS],
    ['applyThrottling', '100', THROTTLING],
    ['readThrottling', '{ ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1, LoggingLevel: INFO }', THROTTLING],
    ['tableWarmThroughput', '{ ReadUnitsPerSecond: 12000 }', WARM],
    ['historyTableMaxThroughput', '{ MaxReadRequestUnits: 1.5, MaxWriteRequestUnits: 100 }', MAX],
  ],
];

test.each(wrongLimits.map((limits) => [limits]))(
  'limits that are none are refused by their name, all in one error, before the framework refuses them',
  async (limits) => {
    const lines = limits.map(([name, value]) => `    ${name}: ${value}\n`);
    const ended = await packaged(`  prod:\n${lines.join('')}`).ended;
    expect(ended.code).toBe(1);
    for (const [name, , words] of limits) {
      const [told] = new RegExp(`\\b${name} must be [^;]*`).exec(wordsOf(ended)) ?? [];
      expect({ name, told }).toEqual({ name, told: expect.stringMatching(words) });
    }
  },
  60_000,
);

test('limits for the gateway with which not every run could make a call are refused', async () => {
  const limits = '    gatewayMaxPerSecond: 3\n    gatewayMaxInFlight: 2\n';
  const ended = await packaged(`  prod:\n${limits}`).ended;
  expect(ended.code).toBe(1);
  for (const told of ['MAX_PER_SECOND', 'MAX_IN_FLIGHT'])
    expect(wordsOf(ended)).toContain(`GATEWAY_${told} must be RECONCILE_RUNS or more`);
}, 60_000);

test('a table that is limited to less than it was warmed for is refused', async () => {
  const ended = await packaged(`  prod:
    tableWarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 8000 }
    tableMaxThroughput: { MaxReadRequestUnits: 12000, MaxWriteRequestUnits: 7999 }
    historyTableMaxThroughput: { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 1 }
`).ended;
  expect(ended.code).toBe(1);
  expect(wordsOf(ended)).toMatch(
    /wrong: tableMaxThroughput must be [^;]*not below tableWarmThroughput: set it in params\.<stage>\./,
  );
}, 60_000);

test('concurrency, parallelism and batches may be parameters of a command', async () => {
  const limits = {
    notifyConcurrency: 40,
    reconcileConcurrency: 4,
    storiesParallelism: 2,
    publishBatchSize: 50,
  };
  const args = Object.entries(limits).map(([name, value]) => `--param=${name}=${value}`);
  const { folder, ended } = packaged('  prod:\n    oidPartner: "1"\n', ...args);
  expect(await ended).toMatchObject({ code: 0 });
  const { functions, ofType } = readTemplate(join(folder, templatePath));
  expect(functions['notify-callback']?.properties.ReservedConcurrentExecutions).toBe(40);
  expect(functions['reconcile-refunds']?.properties.ReservedConcurrentExecutions).toBe(4);
  const readers = Object.values(ofType('AWS::Lambda::EventSourceMapping')).map(
    ({ Properties }) => Properties,
  );
  expect(readers).toContainEqual(expect.objectContaining({ ParallelizationFactor: 2, BatchSize: 25 }));
  expect(readers).toContainEqual(expect.objectContaining({ ParallelizationFactor: 1, BatchSize: 50 }));
}, 60_000);

test('subnets without network: vpc are refused', async () => {
  const vpc = '    vpc: { subnetIds: [subnet-1], securityGroupIds: [sg-1] }\n';
  const ended = await packaged(shown.replace(/^ {4}(network|vpc):.*\n( {6}.*\n)*/gm, '') + vpc).ended;
  expect(ended.code).toBe(1);
  expect(wordsOf(ended)).toMatch(/network must be vpc where/);
}, 60_000);

/** Each parameter that becomes a setting, with values with which no function would start. */
const wrongSettings: [parameter: string, setting: string, values: (string | number)[]][] = [
  ['oidPartner', 'OID_PARTNER', ['2014 0807', '1234567890123456789', '商户']],
  [
    'notifyUrl',
    'NOTIFY_URL',
    ['http://merchant.example/n', `https://merchant.example/${'x'.repeat(128)}`, ''],
  ],
  ['merchantKeySecretId', 'MERCHANT_KEY_SECRET_ID', ['商户密钥']],
  ['lianlianKeySecretId', 'LIANLIAN_KEY_SECRET_ID', ['密钥']],
  ['traderUrl', 'LIANLIAN_TRADER_URL', ['http://traderapi.lianlianpay.com', 'https://host.example/?a=1']],
  ['queryUrl', 'LIANLIAN_QUERY_URL', ['queryapi.lianlianpay.com']],
  ['gatewayCa', 'GATEWAY_CA', ['gateway-ca.pem', gatewayCa.slice(0, 500)]],
  ['gatewayTimeoutMs', 'GATEWAY_TIMEOUT_MS', ['ten', '10s']],
  ['firstCheckSeconds', 'FIRST_CHECK_SECONDS', [0, '0']],
  ['resendAfterSeconds', 'RESEND_AFTER_SECONDS', [-1]],
  ['resendUntilSeconds', 'RESEND_UNTIL_SECONDS', [1.5]],
  ['keyCacheSeconds', 'KEY_CACHE_SECONDS', ['5m']],
  ['reconcileChecksPerShard', 'RECONCILE_CHECKS_PER_SHARD', [0, 51, 'many']],
  ['gatewayMaxInFlight', 'GATEWAY_MAX_IN_FLIGHT', ['0', 1000]],
  ['reconcileRuns', 'RECONCILE_RUNS', [0, 9]],
  ['reconcileAloneSeconds', 'RECONCILE_ALONE_SECONDS', [201, '10s']],
  ['gatewayMaxPerSecond', 'GATEWAY_MAX_PER_SECOND', [0, '10/s']],
  ['notifyAllowedIps', 'NOTIFY_ALLOWED_IPS', ['218.4.207.154-158，gateway', '1.2.3.4/33', '，']],
  ['eventBusName', 'EVENT_BUS_NAME', ['my bus']],
  ['tableName', 'REFUNDS_TABLE', ['a table', '']],
  ['historyTableName', 'REFUND_HISTORY_TABLE', ['a table', '']],
];

test('the list has every parameter that becomes a setting', () => {
  const written = readFileSync('serverless.yml', 'utf8').matchAll(/ ([A-Z_]+): \$\{param:(\w+)\}/g);
  const settings = new Set([...written].map(([, setting, parameter]) => `${parameter} is ${setting}`));
  expect([...settings].sort()).toEqual(
    wrongSettings.map(([parameter, setting]) => `${parameter} is ${setting}`).sort(),
  );
});

/** The error of a function with this setting at its start. */
function errorAtStart(setting: string, value: string | number): string {
  try {
    const required = ['NOTIFY_URL', 'REFUNDS_TABLE', 'REFUND_HISTORY_TABLE'].includes(setting)
      ? [setting as 'NOTIFY_URL']
      : [];
    readConfig({ [setting]: String(value) }, required, reconcileConfigFrom);
  } catch (error) {
    const [, fault = ''] = /wrong: (.*)\. Correct its environment/.exec((error as Error).message) ?? [];
    return fault;
  }
  throw new Error(`a function would start with ${setting} ${value}`);
}

const rounds = [0, 1, 2].map((round) =>
  wrongSettings.flatMap(([parameter, setting, values]) =>
    values.slice(round, round + 1).map((value) => ({ parameter, setting, value })),
  ),
);

test.each(rounds.map((round) => [round.map(({ parameter }) => parameter).join(', '), round] as const))(
  'a setting with which no function would start is refused with the same text, together with all others: %s',
  async (_parameters, round) => {
    const lines = round.map(({ parameter, value }) => `    ${parameter}: ${JSON.stringify(value)}\n`);
    const ended = await packaged(`  prod:\n${lines.join('')}`).ended;
    expect(ended.code).toBe(1);
    for (const { parameter, setting, value } of round)
      expect(wordsOf(ended)).toContain(`${errorAtStart(setting, value)} (parameter ${parameter})`);
  },
  60_000,
);

test.each([
  [
    'package',
    ['--param=gatewayTimeoutMs=ten', '--param=notifyAllowedIps=1.2.3.4;nowhere'],
    /GATEWAY_TIMEOUT_MS must be.*NOTIFY_ALLOWED_IPS has 'nowhere'/,
  ],
  ['deploy', [], /OID_PARTNER is missing \(parameter oidPartner\)/],
  [
    'deploy function -f apply-refund',
    ['--param=firstCheckSeconds=0'],
    /OID_PARTNER is missing.*FIRST_CHECK_SECONDS must be/,
  ],
])(
  'parameters of a command are checked too: %s %j',
  async (command, args, words) => {
    const line = ['node_modules/serverless/bin/serverless.js', ...command.split(' '), ...args];
    const ended = await run(copyOfProject(), line, misleadingEnvironment);
    expect(ended.code).toBe(1);
    expect(wordsOf(ended)).toMatch(words);
  },
  60_000,
);

test('values that only CloudFormation can evaluate aren’t checked', async () => {
  const stage = `  prod:
    notifyUrl: !Sub "https://\${AWS::AccountId}.example/a path"
    notifyAllowedIps: !ImportValue the-addresses
`;
  expect(await packaged(stage).ended).toMatchObject({ code: 0 });
}, 60_000);

describe('the event bus', () => {
  const busOf = async (stage: string, ...args: string[]) => {
    const { folder, ended } = packaged(`  prod:\n    oidPartner: "1"\n${stage}`, ...args);
    expect(await ended).toMatchObject({ code: 0 });
    const template = readTemplate(join(folder, templatePath));
    const { environment, role } = template.functions['publish-refund-events'] ?? {};
    const put = role && template.allowedTo(role).filter(({ action }) => action === 'events:PutEvents');
    const output = template.outputs.RefundEventBusArn;
    return {
      made: Object.values(template.ofType('AWS::Events::EventBus')).map(({ Properties }) => Properties.Name),
      setting: environment?.EVENT_BUS_NAME,
      allowed: put?.map(({ resource }) => resource),
      output: [output],
    };
  };

  test.each([
    [
      'is made where a command names one',
      '',
      ['--param=eventBusName=a.b_c-d/e', '--param=createEventBus=true'],
      'a.b_c-d/e',
      true,
    ],
    [
      'is not created where the stage says that it exists',
      '    eventBusName: refunds\n    createEventBus: false\n',
      [],
      'refunds',
      false,
    ],
    [
      'is not created where a command says so',
      '    eventBusName: refunds\n',
      ['--param=createEventBus=false'],
      'refunds',
      false,
    ],
    ['is never created where it is the default bus', '    createEventBus: true\n', [], 'default', false],
  ])(
    '%s',
    async (_what, stage, args, name, isMade) => {
      const arn = `arn:aws:events:ap-east-1:123456789012:event-bus/${name}`;
      expect(await busOf(stage, ...args)).toEqual({
        made: isMade ? [name] : [],
        setting: name,
        allowed: [arn],
        output: [arn],
      });
    },
    60_000,
  );
});
