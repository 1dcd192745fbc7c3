import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { DECISIONS, type Decision } from '../../shared/app/decisions.ts';
import { readTemplate } from '../support/template.ts';

interface Alarm {
  MetricName: string;
  Namespace: string;
  Dimensions: { Name: string; Value: string }[];
  Metrics?: { MetricStat?: { Metric: Pick<Alarm, 'MetricName' | 'Namespace' | 'Dimensions'> } }[];
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  AlarmDescription: string;
}

const template = readTemplate();
const alarms = Object.entries(template.ofType('AWS::CloudWatch::Alarm')).map(
  ([name, { Properties }]) => [name, Properties as unknown as Alarm] as const,
);

/** The metrics that an alarm watches: its own, or those that it adds up. */
const watchedBy = (alarm: Alarm) =>
  alarm.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [alarm];

const metrics = Object.values<Decision>(DECISIONS).flatMap(({ counts = [], measures = [] }) => [
  ...counts,
  ...measures,
]);

test('everything that monitoring.yml describes is deployed: serverless.yml names it', () => {
  const written = parse(readFileSync('monitoring.yml', 'utf8'), { merge: true, logLevel: 'error' });
  const described = Object.keys(written).filter((name) => !name.startsWith('.'));
  const types = ['AWS::CloudWatch::Alarm', 'AWS::Logs::MetricFilter', 'AWS::CloudWatch::Dashboard'];
  expect(types.flatMap((type) => Object.keys(template.ofType(type))).sort()).toEqual(described.sort());
});

test('docs/operations.md has every alarm, and no other', () => {
  const documented = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(\w+Alarm)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(alarms.map(([name]) => name).sort()).toEqual(documented.sort());
});

test.each(alarms)(
  '%s watches something that is measured, and one late measurement is enough',
  (_name, alarm) => {
    const watched = watchedBy(alarm);
    expect(watched.length).toBeGreaterThan(0);
    for (const metric of watched) expectMeasured(metric);
    expect(alarm.EvaluationPeriods).toBeGreaterThan(1);
  },
);

function expectMeasured({
  Namespace,
  MetricName,
  Dimensions,
}: Pick<Alarm, 'Namespace' | 'MetricName' | 'Dimensions'>) {
  const measured: Record<string, () => void> = {
    LianLianRefunds: () => {
      expect(metrics).toContain(MetricName);
      expect(Dimensions).toEqual([{ Name: 'Stage', Value: 'dev' }]);
    },
    'LianLianRefunds/dev': () => expect(counted).toContainEqual([Namespace, MetricName]),
    'AWS/Lambda': () => {
      const [{ Value = '' } = {}] = Dimensions;
      expect(Object.keys(template.functions).map((name) => `lianlian-refunds-dev-${name}`)).toContain(Value);
    },
    'AWS/SQS': () => expect(Dimensions).toEqual([{ Name: 'QueueName', Value: expect.any(String) }]),
    'AWS/DynamoDB': () => {
      const [{ Name, Value = '' } = {}] = Dimensions;
      expect([Name, ['RefundsTable', 'RefundHistoryTable'].includes(Value)]).toEqual(['TableName', true]);
    },
    'AWS/ApiGateway': () => expect(Dimensions).toEqual([{ Name: 'ApiId', Value: 'HttpApi' }]),
  };
  measured[Namespace]?.();
  expect(Object.keys(measured)).toContain(Namespace);
}

const filters = Object.values(template.ofType('AWS::Logs::MetricFilter')).map(
  ({ Properties }) =>
    Properties as unknown as {
      LogGroupName: string;
      FilterPattern: string;
      MetricTransformations: { MetricNamespace: string; MetricName: string }[];
    },
);
const countedBy = (name: string) =>
  filters.filter(({ MetricTransformations: [counted] }) => counted?.MetricName === name);
const breakdowns = countedBy('Breakdowns');
const counted = filters.flatMap(({ MetricTransformations }) =>
  MetricTransformations.map(({ MetricNamespace, MetricName }) => [MetricNamespace, MetricName]),
);

test('breakdowns are counted in the logs of all functions whose thrown errors may be normal answers', () => {
  expect(breakdowns.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(
    ['apply-exchange-refund', 'apply-refund', 'list-refunds', 'query-refund', 'refund-history'].map(
      (name) => `/aws/lambda/lianlian-refunds-dev-${name}`,
    ),
  );
});

/** Whether a line of the log matches a filter's pattern: terms like `$.a.b = "text*"`, joined by ORs or by ANDs. */
function matches(pattern: string, line: object): boolean {
  const [, terms = ''] = /^\{ (.*) \}\s*$/.exec(pattern) ?? [];
  const [separator, holds] = terms.includes(' && ')
    ? ([' && ', 'every'] as const)
    : ([' || ', 'some'] as const);
  return terms.split(separator)[holds]((term) => {
    const [, path = '', start = '', more] = /^\(\$\.([\w.]+) = "([\w. /-]+)(\*?)"\)$/.exec(term) ?? [];
    if (!path) throw new Error(`this term can't be read: ${term}`);
    const value = path
      .split('.')
      .reduce<unknown>((from, key) => (from as Record<string, unknown>)?.[key], line);
    return more ? String(value).startsWith(start) : value === start;
  });
}

const report = (record: object) => ({ type: 'platform.report', record: { requestId: '1', ...record } });

test.each([
  ['a time-out', report({ status: 'timeout' }), true],
  ['a crash', report({ status: 'error', errorType: 'Runtime.ExitError' }), true],
  ['too little memory', report({ status: 'error', errorType: 'Runtime.OutOfMemory' }), true],
  ['an environment that broke', report({ status: 'error', errorType: 'Sandbox.Timedout' }), true],
  ['settings that are wrong', report({ status: 'error', errorType: 'ConfigurationError' }), true],
  ['success', report({ status: 'success' }), false],
  ['what is only an answer', report({ status: 'error', errorType: 'RefundRejected' }), false],
  ['a line of the function’s', { level: 'ERROR', message: { decision: 'timeout' } }, false],
])('%s counts as a breakdown, or not', (_what, line, counts) => {
  for (const { FilterPattern, MetricTransformations } of breakdowns) {
    expect(matches(FilterPattern, line)).toBe(counts);
    expect(MetricTransformations).toEqual([expect.objectContaining({ MetricValue: '1' })]);
  }
});

/** A line of the API's log, as API Gateway would write it. */
function accessLine(values: Record<string, string>): object {
  const [stage] = Object.values(template.ofType('AWS::ApiGatewayV2::Stage'));
  const { Format = '' } = (stage?.Properties.AccessLogSettings ?? {}) as { Format?: string };
  return JSON.parse(Format.replace(/\$context\.([\w.]+)/g, (_variable, name) => values[name] ?? '-'));
}

test.each([
  ['a notification that is turned away', { status: '429', routeKey: 'POST /refund-notifications' }, true],
  ['one that is answered', { status: '200', routeKey: 'POST /refund-notifications' }, false],
  ['one that is forged', { status: '401', routeKey: 'POST /refund-notifications' }, false],
  ['an application that is turned away', { status: '429', routeKey: 'POST /refunds' }, false],
])('%s counts as a throttled notification, or not', (_what, values, counts) => {
  const [filter, ...others] = countedBy('NotificationsThrottled');
  expect(others).toEqual([]);
  expect(filter?.LogGroupName).toMatch(/^\/aws\/http-api\//);
  expect(matches(filter?.FilterPattern ?? '', accessLine(values))).toBe(counts);
  expect(
    Object.values(template.ofType('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties.RouteKey),
  ).toContain('POST /refund-notifications');
});

const dashboard = Object.values(template.ofType('AWS::CloudWatch::Dashboard'))[0]?.Properties.DashboardBody;
const widgets = JSON.parse(String(dashboard)).widgets as { properties: { metrics: string[][] } }[];

test.each(['Errors', 'Throttles'])('the dashboard shows the %s of every function', (metric) => {
  const [widget] = widgets.filter(({ properties }) => properties.metrics[0]?.[1] === metric);
  const shown = widget?.properties.metrics.map((series) => series.at(-1));
  expect(shown?.sort()).toEqual(
    Object.keys(template.functions)
      .map((name) => `lianlian-refunds-dev-${name}`)
      .sort(),
  );
});

test('the alarm on throttled functions adds up those of every function', () => {
  const [, alarm] = alarms.find(([name]) => name === 'FunctionsThrottledAlarm') ?? [];
  const watched = alarm ? watchedBy(alarm).map(({ Dimensions: [{ Value } = { Value: '' }] }) => Value) : [];
  const names = Object.keys(template.functions).map((name) => `lianlian-refunds-dev-${name}`);
  expect(watched.sort()).toEqual(names.sort());
});

test('every metric on the dashboard is one that is measured', () => {
  const shown = widgets.flatMap(({ properties }) => properties.metrics);
  expect(shown.length).toBeGreaterThan(20);
  for (const [namespace, name] of shown) if (namespace === 'LianLianRefunds') expect(metrics).toContain(name);
  // It is the sum of four others, which are shown.
  const counted = [...new Set(metrics)].filter((name) => name !== 'StuckRefunds');
  expect(counted.length).toBeGreaterThan(15);
  expect(
    shown
      .filter(([namespace]) => namespace === 'LianLianRefunds')
      .map(([, name]) => name)
      .sort(),
  ).toEqual(
    // Two percentiles of one metric.
    [...counted, 'GatewayLatencyMs'].sort(),
  );
  const dimensions = shown
    .filter(([namespace]) => namespace === 'LianLianRefunds')
    .map((metric) => metric.slice(2, 4));
  expect(new Set(dimensions.map(String))).toEqual(new Set(['Stage,dev']));
});
