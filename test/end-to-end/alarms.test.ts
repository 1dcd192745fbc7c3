import { type AlarmRule, isBreached, isInAlarm, type Sample } from '../support/alarm.ts';
import { readTemplate } from '../support/template.ts';

type Alarm = AlarmRule & {
  MetricName: string;
  Namespace: string;
  Dimensions: { Name: string; Value: string }[];
};

/** One of the metrics whose sum an alarm watches. */
interface Part {
  Id: string;
  ReturnData: boolean;
  MetricStat: {
    Stat: Alarm['Statistic'];
    Period: number;
    Metric: Pick<Alarm, 'Namespace' | 'MetricName' | 'Dimensions'>;
  };
}

interface AlarmOfSum {
  Metrics: [sum: { Id: string; Expression: string }, ...parts: Part[]];
}

const deployedAlarms = Object.entries(readTemplate().ofType('AWS::CloudWatch::Alarm')).map(
  ([name, { Properties }]) => [name, Properties as unknown as Alarm | (Alarm & AlarmOfSum)] as const,
);

const isOfSum = (alarm: Alarm | AlarmOfSum): alarm is Alarm & AlarmOfSum => 'Metrics' in alarm;

const alarmsOfSums = deployedAlarms.flatMap(([name, alarm]) =>
  isOfSum(alarm) ? [[name, alarm] as const] : [],
);
const alarmsOfOne = deployedAlarms.filter(([, alarm]) => !isOfSum(alarm));

/** Every alarm as one of a single metric: a sum is evaluated as the first of its metrics would be. */
const alarms: Record<string, Alarm> = Object.fromEntries(
  deployedAlarms.map(([name, alarm]) => {
    if (!isOfSum(alarm)) return [name, alarm];
    const [, { MetricStat }] = alarm.Metrics as [unknown, Part];
    return [name, { ...alarm, ...MetricStat.Metric, Statistic: MetricStat.Stat, Period: MetricStat.Period }];
  }),
);

/** An alarm's metric, statistic, period (seconds), threshold, and datapoints. */
type Row = [
  metric: string,
  statistic: string,
  period: number,
  breaching: string,
  limit: string,
  missing: string,
];

const seen = (metric: string): Row => [metric, 'Sum', 300, '1 of 3', '> 0', 'notBreaching'];

const table: Record<string, Row> = {
  ConflictsAlarm: seen('Conflicts'),
  PaidAfterRefusalAlarm: seen('PaidAfterRefusal'),
  StuckRefundsAlarm: seen('StuckRefunds'),
  SetupRefusedAlarm: seen('SetupRefusals'),
  UnreadableMessagesAlarm: seen('UnreadableMessages'),
  FailuresAlarm: seen('Failures'),
  UnrecordedMessagesAlarm: seen('UnrecordedMessages'),
  RecordDeletedAlarm: seen('RecordsDeleted'),
  PublishingErrorsAlarm: seen('Errors'),
  ReconciliationErrorsAlarm: seen('Errors'),
  ApiErrorsAlarm: seen('5xx'),
  BreakdownsAlarm: seen('Breakdowns'),
  ExchangesInDoubtAlarm: ['ExchangesInDoubt', 'Sum', 300, '2 of 3', '> 2', 'notBreaching'],
  ForgedNotificationsAlarm: ['ForgedNotifications', 'Sum', 300, '1 of 3', '> 10', 'notBreaching'],
  OldestUnfinishedAlarm: ['OldestUnfinishedSeconds', 'Maximum', 300, '1 of 3', '> 86400', 'notBreaching'],
  RequestedTooLongAlarm: ['OldestRequestedSeconds', 'Maximum', 300, '1 of 15', '> 7200', 'notBreaching'],
  ReconciliationLagAlarm: ['ReconciliationLagSeconds', 'Maximum', 300, '2 of 3', '> 1800', 'notBreaching'],
  ReconciliationStoppedAlarm: ['OldestUnfinishedSeconds', 'SampleCount', 300, '6 of 6', '< 1', 'breaching'],
  DeadLettersAlarm: ['ApproximateNumberOfMessagesVisible', 'Maximum', 300, '1 of 3', '> 0', 'notBreaching'],
  StreamBehindAlarm: ['IteratorAge', 'Maximum', 300, '3 of 3', '> 1800000', 'notBreaching'],
  StoriesBehindAlarm: ['IteratorAge', 'Maximum', 300, '3 of 3', '> 1800000', 'notBreaching'],
  StoriesErrorsAlarm: seen('Errors'),
  FunctionsThrottledAlarm: seen('Throttles'),
  NotificationsThrottledAlarm: ['NotificationsThrottled', 'Sum', 300, '1 of 3', '> 10', 'notBreaching'],
  TablesThrottledAlarm: ['ThrottledRequests', 'Sum', 300, '1 of 3', '> 10', 'notBreaching'],
};

const signs: Record<string, string> = { GreaterThanThreshold: '>', LessThanThreshold: '<' };

test('each alarm has these properties, and no alarm is missing', () => {
  const deployed = Object.entries(alarms).map(([name, alarm]): [string, Row] => [
    name,
    [
      alarm.MetricName,
      alarm.Statistic,
      alarm.Period,
      `${alarm.DatapointsToAlarm} of ${alarm.EvaluationPeriods}`,
      `${signs[alarm.ComparisonOperator]} ${alarm.Threshold}`,
      alarm.TreatMissingData,
    ],
  ]);
  expect(Object.fromEntries(deployed)).toEqual(table);
});

/** The metrics of the alarms that watch another metric than the service's own for its stage. */
const sources: Record<string, [namespace: string, ...dimension: string[]]> = {
  PublishingErrorsAlarm: ['AWS/Lambda', 'FunctionName', 'lianlian-refunds-dev-publish-refund-events'],
  StreamBehindAlarm: ['AWS/Lambda', 'FunctionName', 'lianlian-refunds-dev-publish-refund-events'],
  StoriesErrorsAlarm: ['AWS/Lambda', 'FunctionName', 'lianlian-refunds-dev-record-refund-history'],
  StoriesBehindAlarm: ['AWS/Lambda', 'FunctionName', 'lianlian-refunds-dev-record-refund-history'],
  ReconciliationErrorsAlarm: ['AWS/Lambda', 'FunctionName', 'lianlian-refunds-dev-reconcile-refunds'],
  ApiErrorsAlarm: ['AWS/ApiGateway', 'ApiId', 'HttpApi'],
  DeadLettersAlarm: ['AWS/SQS', 'QueueName', 'RefundEventDeadLetters'],
  BreakdownsAlarm: ['LianLianRefunds/dev'],
  NotificationsThrottledAlarm: ['LianLianRefunds/dev'],
};

test.each(alarmsOfOne)('%s watches its own metric', (name, { Namespace, Dimensions }) => {
  expect([Namespace, ...Dimensions.flatMap(({ Name, Value }) => [Name, Value])]).toEqual(
    sources[name] ?? ['LianLianRefunds', 'Stage', 'dev'],
  );
});

const own = [
  'AlarmActions',
  'AlarmDescription',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'EvaluationPeriods',
  'OKActions',
  'Threshold',
  'TreatMissingData',
];

test.each(deployedAlarms)('%s has no other property that would change its evaluation', (_name, alarm) => {
  const ofOne = ['Dimensions', 'MetricName', 'Namespace', 'Period', 'Statistic'];
  expect(Object.keys(alarm).sort()).toEqual([...own, ...(isOfSum(alarm) ? ['Metrics'] : ofOne)].sort());
});

const throttles = [
  'apply-refund',
  'apply-exchange-refund',
  'notify-callback',
  'query-refund',
  'list-refunds',
  'reconcile-refunds',
  'publish-refund-events',
  'refund-history',
  'record-refund-history',
].map((name) => `AWS/Lambda Throttles FunctionName lianlian-refunds-dev-${name}`);

/** The metrics that are added up. */
const parts: Record<string, string[]> = {
  FunctionsThrottledAlarm: throttles,
  TablesThrottledAlarm: [
    ...['PutItem', 'UpdateItem', 'GetItem', 'Query'].map(
      (operation) => `AWS/DynamoDB ThrottledRequests TableName RefundsTable Operation ${operation}`,
    ),
    ...['PutItem', 'Query'].map(
      (operation) => `AWS/DynamoDB ThrottledRequests TableName RefundHistoryTable Operation ${operation}`,
    ),
    'AWS/DynamoDB ReadThrottleEvents TableName RefundsTable',
  ],
};

test.each(alarmsOfSums)(
  '%s watches the sum of its own metrics, where some are missing too',
  (name, alarm) => {
    const [sum, ...added] = alarm.Metrics;
    expect(sum).toEqual({ Id: 'throttled', Expression: 'SUM(FILL(METRICS(), 0))' });
    const watched = added.map(({ MetricStat: { Metric } }) =>
      [
        Metric.Namespace,
        Metric.MetricName,
        ...Metric.Dimensions.flatMap(({ Name, Value }) => [Name, Value]),
      ].join(' '),
    );
    expect(watched).toEqual(parts[name]);
    // More are refused, and so are two of one name.
    expect(added.length).toBeLessThanOrEqual(10);
    expect(new Set(added.map(({ Id }) => Id)).size).toBe(added.length);
    for (const { Id, ReturnData, MetricStat } of added) {
      expect(Id).toMatch(/^[a-z]\w*$/);
      expect({ ReturnData, Stat: MetricStat.Stat, Period: MetricStat.Period }).toEqual({
        ReturnData: false,
        Stat: 'Sum',
        Period: 300,
      });
    }
  },
);

describe('the tests evaluate alarms as the examples of CloudWatch’s manual do', () => {
  const rule = {
    Statistic: 'Sum',
    Period: 300,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  } as const;
  const three = { ...rule, EvaluationPeriods: 3, DatapointsToAlarm: 3 };
  const twoOfThree = { ...three, DatapointsToAlarm: 2 };

  test.each([
    ['0 - X - X', three, false, false],
    ['0 X X - X', three, true, true],
    ['- - - - 0', three, false, false],
    ['- - - - -', three, true, false],
    ['- - X - -', three, true, false],
    ['0 - X - X', twoOfThree, true, true],
    ['0 0 X 0 X', twoOfThree, true, true],
    ['0 - X - -', twoOfThree, true, false],
    ['- - - - 0', twoOfThree, true, false],
    ['- - - X -', twoOfThree, true, false],
  ])('%s', (periods, alarm, missingBreaches, missingDoesNot) => {
    const values = periods.split(' ').map((sign) => ({ X: 1, 0: 0 })[sign]);
    expect([
      isBreached({ ...alarm, TreatMissingData: 'breaching' }, values),
      isBreached({ ...alarm, TreatMissingData: 'notBreaching' }, values),
    ]).toEqual([missingBreaches, missingDoesNot]);
  });
});

/** One measurement, known a minute later. */
const at = (atMinute: number, value: number, lateMinutes = 1): Sample => ({
  atMinute,
  value,
  knownAtMinute: atMinute + lateMinutes,
});

/** Measurements at equal distances. */
const every = (step: number, from: number, until: number, value: number, lateMinutes?: number): Sample[] =>
  Array.from({ length: Math.ceil((until - from) / step) }, (_, index) =>
    at(from + index * step, value, lateMinutes),
  );

/** The measurements of four hours, and whether the alarm must go off. */
type Case = [what: string, samples: Sample[], sounds: boolean];

const HOUR = 60;
const WATCHED_MINUTES = 4 * HOUR;

const whatShouldNeverBeSeen: Case[] = [
  ['nothing at all', [], false],
  ['zeros', every(5, 0, WATCHED_MINUTES, 0), false],
  ['one', [at(61, 1)], true],
  ['one among zeros', [...every(1, 0, WATCHED_MINUTES, 0), at(61, 1)], true],
  [
    'one that is known ten minutes late, between zeros in time',
    [...every(5, 0, 120, 0), at(61, 1, 10)],
    true,
  ],
];

const whatIsReadLate: Case[] = [
  ['nothing', [], false],
  ['half an hour', every(1, 0, WATCHED_MINUTES, 1_800_000), false],
  ['a millisecond more, for a quarter of an hour', every(1, 60, 75, 1_800_001), true],
  ['the same, and younger ones too', [...every(1, 60, 75, 1_800_001), ...every(1, 60, 75, 10)], true],
  [
    'ten minutes of it',
    [...every(1, 0, 60, 0), ...every(1, 60, 70, 9_999_999), ...every(1, 70, 120, 0)],
    false,
  ],
];

const moreThanTen: Case[] = [
  ['nothing', [], false],
  ['ten in five minutes', every(0.5, 60, 65, 1), false],
  ['eleven in five minutes', [...every(0.5, 60, 65, 1), at(62, 1)], true],
  ['eleven that are known ten minutes late', [...every(0.5, 60, 65, 1, 10), at(62, 1, 10)], true],
  ['eleven in an hour', every(5.4, 60, 120, 1), false],
];

const cases: Record<string, Case[]> = {
  ExchangesInDoubtAlarm: [
    ['nothing', [], false],
    ['two in each five minutes', every(2.5, 0, WATCHED_MINUTES, 1), false],
    ['three in each five minutes, one at a time', every(5 / 3, 0, WATCHED_MINUTES, 1), true],
    ['many, but in five minutes only', every(0.1, 60, 65, 1), false],
    ['three, and three again ten minutes later', [at(60, 3), at(70, 3)], true],
    ['the same between periods without any', [at(60, 3), at(65, 0), at(70, 3), at(75, 0)], true],
    ['three, and three again an hour later', [at(60, 3), at(120, 3)], false],
  ],
  ForgedNotificationsAlarm: moreThanTen,
  NotificationsThrottledAlarm: moreThanTen,
  TablesThrottledAlarm: moreThanTen,
  OldestUnfinishedAlarm: [
    ['nothing', [], false],
    ['a day', every(5, 0, WATCHED_MINUTES, 86_400), false],
    [
      'a second more than a day, once among younger ones',
      [...every(5, 0, WATCHED_MINUTES, 60), at(61, 86_401)],
      true,
    ],
    ['many that together are older than a day', every(0.1, 60, 65, 80_000), false],
  ],
  RequestedTooLongAlarm: [
    ['nothing', [], false],
    ['two hours', [at(60, 7_200)], false],
    ['a second more, of one refund in a quiet shop', [at(60, 7_201)], true],
    ['a second more among younger ones', [...every(1, 0, WATCHED_MINUTES, 900), at(61, 7_201)], true],
    ['many that together are older', every(0.1, 60, 65, 7_000), false],
  ],
  ReconciliationLagAlarm: [
    ['nothing', [], false],
    ['nothing left by any run', every(5, 0, WATCHED_MINUTES, 0), false],
    ['half an hour, each time', every(5, 0, WATCHED_MINUTES, 1_800), false],
    ['a second more, each time', every(5, 0, WATCHED_MINUTES, 1_801), true],
    [
      'one run that is far behind',
      [...every(5, 0, 60, 0), at(60, 9_999), ...every(5, 65, WATCHED_MINUTES, 0)],
      false,
    ],
    [
      'two runs that are, with one between them',
      [...every(5, 0, 60, 0), at(60, 1_801), at(65, 0), at(70, 1_801)],
      true,
    ],
  ],
  ReconciliationStoppedAlarm: [
    ['a run every five minutes', every(5, -120, WATCHED_MINUTES, 0), false],
    ['the same, each known ten minutes late', every(5, -120, WATCHED_MINUTES, 0, 10), false],
    ['a run every five minutes, with very old refunds', every(5, -120, WATCHED_MINUTES, 999_999), false],
    ['a pause of twenty minutes', [...every(5, -120, 60, 0), ...every(5, 80, WATCHED_MINUTES, 0)], false],
    [
      'a pause of three quarters of an hour',
      [...every(5, -120, 60, 0), ...every(5, 105, WATCHED_MINUTES, 0)],
      true,
    ],
    ['no run any more', every(5, -120, 60, 0), true],
    ['no run ever', [], true],
  ],
  DeadLettersAlarm: [
    ['nothing', [], false],
    ['an empty queue', every(1, 0, WATCHED_MINUTES, 0), false],
    ['one letter', [...every(1, 0, 60, 0), ...every(1, 60, WATCHED_MINUTES, 1)], true],
  ],
  StreamBehindAlarm: whatIsReadLate,
  StoriesBehindAlarm: whatIsReadLate,
};

/** The minutes at which an alarm is in the state ALARM. */
function soundingMinutes(name: string, samples: Sample[]): number[] {
  const minutes = Array.from({ length: WATCHED_MINUTES }, (_, minute) => minute);
  return minutes.filter((minute) => isInAlarm(alarms[name] as Alarm, samples, minute));
}

describe.each(Object.entries(table))('%s', (name, row) => {
  const itsCases =
    cases[name] ?? (row.slice(1).join() === seen('').slice(1).join() ? whatShouldNeverBeSeen : []);

  test('has cases', () => expect(itsCases.length).toBeGreaterThan(2));

  test.each(itsCases)('evaluates %s', (_what, samples, sounds) => {
    expect(soundingMinutes(name, samples).length > 0).toBe(sounds);
  });
});

test('an alarm for a single event goes off within seven minutes, and ends by itself', () => {
  const minutes = soundingMinutes('ConflictsAlarm', [at(61, 1)]);
  expect(minutes[0]).toBeLessThanOrEqual(61 + 7);
  expect(minutes.at(-1)).toBeLessThanOrEqual(61 + 30);
});

test('an alarm for a refund that is checked every hour doesn’t end between two checks', () => {
  const minutes = soundingMinutes('RequestedTooLongAlarm', [at(60, 7_300), at(122, 11_020), at(183, 14_680)]);
  expect(minutes).toEqual(Array.from({ length: minutes.length }, (_, index) => (minutes[0] ?? 0) + index));
});

test('ReconciliationStoppedAlarm goes off within three quarters of an hour', () => {
  const [first = Number.POSITIVE_INFINITY] = soundingMinutes(
    'ReconciliationStoppedAlarm',
    every(5, -120, 60, 0),
  );
  expect(first).toBeGreaterThanOrEqual(60 + 25);
  expect(first).toBeLessThanOrEqual(60 + 45);
});
