import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { DECISIONS, type Decision } from '../../shared/app/decisions.ts';
import { asCode, codesIn, line, tableOf } from './tables.ts';

const page = 'docs/operations.md';

const loud = Object.entries<Decision>(DECISIONS).filter(([, { level }]) => level !== 'info');

const logRows = tableOf(page, 'Code', 'Level', 'Sentence', 'Counts');

test('what the log says: every warning and error, with its sentence and its metrics, and no other', () => {
  const expected = loud.map(([code, { level, text, counts }]) =>
    line([asCode([code]), level, text, asCode(counts)]),
  );
  const rows = logRows.map(({ Code = '', Level = '', Sentence = '', Counts = '' }) =>
    line([Code, Level, Sentence, Counts]),
  );
  if (rows.join('\n') !== expected.join('\n')) {
    const wrong = rows.filter((row) => !expected.includes(row));
    const missing = expected.filter((row) => !rows.includes(row));
    throw new Error(
      `The first columns of "What the log says" in ${page} must be as follows.` +
        `\n\nMissing:\n${missing.join('\n')}\n\nTo correct or to remove:\n${wrong.join('\n')}` +
        `\n\nAll, in their order:\n${expected.join('\n')}\n`,
    );
  }
});

test.each(logRows.map((row) => [row.Code, row] as const))(
  '%s: what it means, and what to do',
  (_code, row) => {
    expect(row['What it means']).toMatch(/\w{2}/);
    expect(row['What to do']).toMatch(/\w{2}/);
  },
);

interface Alarm {
  Type: string;
  Properties: { MetricName: string; Namespace?: string };
}

// A merge key of YAML brings the namespace of all that have none of their own.
const resources: Record<string, Alarm> = parse(readFileSync('monitoring.yml', 'utf8'), {
  merge: true,
  logLevel: 'error',
});

const alarms = Object.entries(resources)
  .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  .map(([name, { Properties }]) => ({ name, ...Properties }));

const alarmRows = tableOf(page, 'Alarm', 'Metric');

test('every alarm has its row, and no other has', () => {
  expect(alarmRows.flatMap(({ Alarm }) => codesIn(Alarm)).sort()).toEqual(
    alarms.map(({ name }) => name).sort(),
  );
});

test.each(alarms.filter(({ Namespace }) => Namespace === 'LianLianRefunds'))(
  '$name: its row names its metric, and a decision counts or measures it',
  ({ name, MetricName }) => {
    const row = alarmRows.find(({ Alarm }) => Alarm === `\`${name}\``);
    expect(codesIn(row?.Metric)).toEqual([MetricName]);
    const counting = logRows.filter(({ Counts }) => codesIn(Counts).includes(MetricName));
    const measuring = Object.values<Decision>(DECISIONS).filter(({ measures }) =>
      measures?.includes(MetricName),
    );
    expect(counting.length + measuring.length).toBeGreaterThan(0);
  },
);

test('every decision, metric and alarm that the page names is there', () => {
  const text = readFileSync(page, 'utf8');
  const rooms = new Set(Object.keys(DECISIONS).map((code) => code.split('.')[0]));
  const codes = codesIn(text).filter((word) => rooms.has(/^([a-z_]+)\.[a-z_]+$/.exec(word)?.[1] ?? ''));
  expect(codes.length).toBeGreaterThan(40);
  for (const code of codes) expect(Object.keys(DECISIONS)).toContain(code);

  const named = codesIn(text).filter((word) => /^[A-Z]\w+Alarm$/.test(word));
  for (const name of named) expect(alarms.map((alarm) => alarm.name)).toContain(name);
});

test('the queries of CloudWatch Logs Insights use fields that lines have', () => {
  const fences = readFileSync(page, 'utf8').matchAll(/```\n((?:fields|filter) [^`]+)```/g);
  const queries = [...fences].map(([, query = '']) => query);
  expect(queries.length).toBeGreaterThan(1);
  const writers = globSync(['shared/app/**/*.ts', 'shared/runtime/logger.ts']);
  const written = writers.map((file) => readFileSync(file, 'utf8')).join('\n');
  for (const query of queries) {
    expect(query).toContain('message.code');
    for (const [, field = ''] of query.matchAll(/message\.(\w+)/g))
      expect(written).toMatch(new RegExp(`[{,] ${field}[,: ]`));
  }
});

describe('the commands fit the service', () => {
  const text = readFileSync(page, 'utf8');
  const serverlessYml = readFileSync('serverless.yml', 'utf8');

  test('whoever writes records is stopped before the table is restored', () => {
    const roles = serverlessYml.split(/^ {4}(?=\w+Role:$)/m).slice(1);
    const writers = roles
      .filter((role) => /[&*](create|update)-refunds/.test(role))
      .map((role) =>
        role
          .slice(0, role.indexOf('Role:'))
          .replace(/\B[A-Z]/g, '-$&')
          .toLowerCase(),
      );
    const [, stopped = ''] = /for name in (.+); do/.exec(text) ?? [];
    expect(stopped.split(' ').sort()).toEqual(writers.sort());
  });

  test('a deleted record replaces no other', () => {
    const puts = text.match(/^aws dynamodb put-item .*$/gm) ?? [];
    expect(puts).toHaveLength(1);
    expect(puts[0]).toContain("--condition-expression 'attribute_not_exists(no_refund)'");
  });

  test('a restored table has the stream that publishing reads', () => {
    const [, view] = /StreamViewType: (\w+)/.exec(serverlessYml) ?? [];
    expect(text.match(/StreamViewType=\w+/g)).toEqual([`StreamViewType=${view}`]);
  });

  test('the query of what went wrong has every level that is not info', () => {
    const [, levels = ''] = /level in \[(.+?)\]/.exec(text) ?? [];
    const expected = new Set(loud.map(([, { level }]) => level.toUpperCase()));
    expect(new Set(JSON.parse(`[${levels}]`))).toEqual(expected);
  });

  test('the CLI waits longer for a reconciliation than it may run', () => {
    const [, seconds] = /reconcile-refunds --cli-read-timeout (\d+)/.exec(text) ?? [];
    const [, timeout] =
      /handler: functions\/reconcile-refunds[\s\S]*?timeout: (\d+)/.exec(serverlessYml) ?? [];
    expect(Number(seconds)).toBeGreaterThan(Number(timeout));
  });
});
