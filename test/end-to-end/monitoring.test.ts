import { readFileSync } from 'node:fs';
import { readTemplate } from '../support/template.ts';

interface Alarm {
  MetricName?: string;
  Namespace?: string;
  Metrics?: {
    Id: string;
    Expression?: string;
    ReturnData: boolean;
    MetricStat?: { Metric: { MetricName: string } };
  }[];
}

const template = readTemplate();
const alarms = Object.entries(template.ofType('AWS::CloudWatch::Alarm')).map(
  ([name, { Properties }]) => [name, Properties as Alarm] as const,
);

test('every alarm that operators are told about is there, and no other', () => {
  const told = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(\w+Alarm)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(alarms.map(([name]) => name).sort()).toEqual(told.sort());
});

test.each(alarms.filter(([, { Metrics }]) => Metrics))(
  'the metric math of %s is whole',
  (_name, { Metrics = [] }) => {
    const [result, ...others] = Metrics.filter(({ ReturnData }) => ReturnData);
    const expression = String(result?.Expression);
    expect(others).toEqual([]);
    expect(expression).toMatch(/^FILL\(\w+, 0\)( \+ FILL\(\w+, 0\))*$/);
    const used = [...expression.matchAll(/FILL\((\w+)/g)].map(([, id]) => id);
    expect(used).toEqual(Metrics.filter((metric) => metric !== result).map(({ Id }) => Id));
  },
);

test('every metric that is watched is one that the service writes', () => {
  const written = readFileSync('shared/app/ports.ts', 'utf8');
  const watched = alarms.flatMap(([, { Namespace, MetricName, Metrics = [] }]) => [
    ...(Namespace === 'LianLianRefunds' ? [MetricName] : []),
    ...Metrics.map(({ MetricStat }) => MetricStat?.Metric.MetricName).filter((name) => name !== 'Errors'),
  ]);
  const dashboard = Object.values(template.ofType('AWS::CloudWatch::Dashboard'))[0]?.Properties.DashboardBody;
  const widgets = JSON.parse(String(dashboard)).widgets as { properties: { metrics: string[][] } }[];
  const shown = widgets.flatMap(({ properties }) => properties.metrics.map(([, name]) => name));
  for (const name of [...watched, ...shown].filter(Boolean)) expect(written).toContain(`'${name}'`);
});
