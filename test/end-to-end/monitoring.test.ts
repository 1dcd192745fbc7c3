import { readFileSync } from 'node:fs';
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
const written = readFileSync('shared/app/ports.ts', 'utf8');

test('every alarm that operators are told about is there, and no other', () => {
  const told = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(\w+Alarm)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(alarms.map(([name]) => name).sort()).toEqual(told.sort());
});

test.each(alarms)(
  '%s watches something that is measured, and one late measurement is enough',
  (_name, alarm) => {
    const { Namespace, MetricName, Dimensions } = alarm;
    const measured: Record<string, () => void> = {
      LianLianRefunds: () => {
        expect(written).toContain(`'${MetricName}'`);
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
      MetricTransformations: { MetricNamespace: string; MetricName: string }[];
    },
);
const counted = filters.flatMap(({ MetricTransformations }) =>
  MetricTransformations.map(({ MetricNamespace, MetricName }) => [MetricNamespace, MetricName]),
);

test('breakdowns are counted in the logs of all functions that may throw what is only an answer', () => {
  expect(filters.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(
    ['apply-exchange-refund', 'apply-refund', 'query-refund'].map(
      (name) => `/aws/lambda/lianlian-refunds-dev-${name}`,
    ),
  );
});

test('every metric on the dashboard is one that is measured', () => {
  const dashboard = Object.values(template.ofType('AWS::CloudWatch::Dashboard'))[0]?.Properties.DashboardBody;
  const widgets = JSON.parse(String(dashboard)).widgets as { properties: { metrics: string[][] } }[];
  const shown = widgets.flatMap(({ properties }) => properties.metrics);
  expect(shown.length).toBeGreaterThan(20);
  for (const [namespace, name] of shown)
    if (namespace === 'LianLianRefunds') expect(written).toContain(`'${name}'`);
  const dimensions = shown
    .filter(([namespace]) => namespace === 'LianLianRefunds')
    .map((metric) => metric.slice(2, 4));
  expect(new Set(dimensions.map(String))).toEqual(new Set(['Stage,dev']));
});
