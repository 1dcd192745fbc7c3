import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { DECISIONS, type Decision } from '../../shared/app/decisions.ts';
import { readTemplate } from '../support/template.ts';

interface Alarm {
  MetricName: string;
  Namespace: string;
  Dimensions: { Name: string; Value: string }[];
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  AlarmDescription: string;
}

const template = readTemplate();
const alarms = Object.entries(template.ofType('AWS::CloudWatch::Alarm')).map(
  ([name, { Properties }]) => [name, Properties as unknown as Alarm] as const,
);
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
    const { Namespace, MetricName, Dimensions } = alarm;
    const measured: Record<string, () => void> = {
      LianLianRefunds: () => {
        expect(metrics).toContain(MetricName);
        expect(Dimensions).toEqual([{ Name: 'Stage', Value: 'dev' }]);
      },
      'LianLianRefunds/dev': () => expect(counted).toContainEqual([Namespace, MetricName]),
      'AWS/Lambda': () => {
        const [{ Value = '' } = {}] = Dimensions;
        expect(Object.keys(template.functions).map((name) => `lianlian-refunds-dev-${name}`)).toContain(
          Value,
        );
      },
      'AWS/SQS': () => expect(Dimensions).toEqual([{ Name: 'QueueName', Value: expect.any(String) }]),
      'AWS/ApiGateway': () => expect(Dimensions).toEqual([{ Name: 'ApiId', Value: 'HttpApi' }]),
    };
    measured[Namespace]?.();
    expect(Object.keys(measured)).toContain(Namespace);
    expect(alarm.EvaluationPeriods).toBeGreaterThan(1);
  },
);

const filters = Object.values(template.ofType('AWS::Logs::MetricFilter')).map(
  ({ Properties }) =>
    Properties as unknown as {
      LogGroupName: string;
      FilterPattern: string;
      MetricTransformations: { MetricNamespace: string; MetricName: string }[];
    },
);
const counted = filters.flatMap(({ MetricTransformations }) =>
  MetricTransformations.map(({ MetricNamespace, MetricName }) => [MetricNamespace, MetricName]),
);

test('breakdowns are counted in the logs of all functions whose thrown errors may be normal answers', () => {
  expect(filters.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(
    ['apply-exchange-refund', 'apply-refund', 'list-refunds', 'query-refund'].map(
      (name) => `/aws/lambda/lianlian-refunds-dev-${name}`,
    ),
  );
});

/** Whether a line of the log matches a filter's pattern: terms like `$.a.b = "text*"`, joined by ORs. */
function matches(pattern: string, line: object): boolean {
  const [, terms = ''] = /^\{ (.*) \}\s*$/.exec(pattern) ?? [];
  return terms.split(' || ').some((term) => {
    const [, path = '', start = '', more] = /^\(\$\.([\w.]+) = "([\w.]+)(\*?)"\)$/.exec(term) ?? [];
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
  for (const { FilterPattern, MetricTransformations } of filters) {
    expect(matches(FilterPattern, line)).toBe(counts);
    expect(MetricTransformations).toEqual([expect.objectContaining({ MetricValue: '1' })]);
  }
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
