import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SHARDS } from '../../shared/app/schedule.ts';
import { codesIn, tableOf } from './tables.ts';

const CheckParameters = require('../../scripts/check-parameters.cjs');

const page = 'docs/scale.md';
const text = readFileSync(page, 'utf8');
const { params, custom } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' });

const [, shown = ''] = /^```yaml\n(.*?)^```/ms.exec(text) ?? [];
const example: Record<string, number> & { applyThrottling: Record<string, number> } = parse(shown);

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const concurrencyOf = (limits: object) =>
  Object.entries(limits).flatMap(([name, value]) => (name.endsWith('Concurrency') ? [Number(value)] : []));

describe('the example', () => {
  test('sets parameters that there are, to values that packaging takes', () => {
    const none = { Ref: 'AWS::NoValue' };
    const defaults = Object.entries(params.default).map(([name, value]) => [
      name,
      value === 'AWS::NoValue' ? none : value,
    ]);
    expect(Object.keys(example).filter((name) => !(name in params.default))).toEqual([]);
    const check = (limits: object) =>
      new CheckParameters({
        processedInput: { commands: [] },
        service: { custom: { parameters: { ...Object.fromEntries(defaults), oidPartner: '1', ...limits } } },
      }).parameterFaults();
    expect(check(example)).toEqual([]);
    expect(check({ ...example, publishParallelism: 0 })).toHaveLength(1);
  });

  test('reserves what the page says, and leaves what Lambda wants', () => {
    const reserved = sum(concurrencyOf(example));
    // Of each function.
    expect(concurrencyOf(example)).toHaveLength(9);
    expect(text).toContain(`The reservations take ${reserved} of them, and leave ${1_000 - reserved} to`);
    expect(1_000 - reserved).toBeGreaterThanOrEqual(100);
  });

  test('one execution serves ten notifications a second, and each batch of the stream has an execution', () => {
    const { notifyConcurrency = 0, notifyRateLimit = 0, notifyBurstLimit = 0 } = example;
    expect(10 * notifyConcurrency).toBeGreaterThanOrEqual(Math.max(notifyRateLimit, notifyBurstLimit));
    const {
      publishConcurrency,
      publishParallelism = 0,
      storiesConcurrency,
      storiesParallelism = 0,
    } = example;
    expect(publishConcurrency).toBeGreaterThanOrEqual(4 * publishParallelism);
    expect(storiesConcurrency).toBeGreaterThanOrEqual(4 * storiesParallelism);
    expect(text).toContain(`${example.applyConcurrency} for \`apply-refund\``);
    expect(text).toContain(`${Number(example.applyConcurrency) / 10} applications a second go through`);
  });
});

describe('the limits', () => {
  const rows = tableOf(page, 'Limit', 'Default', 'Carries, refunds a second');
  const rowOf = (start: string) => {
    const [row, ...others] = rows.filter(({ Limit }) => Limit?.startsWith(start));
    expect(others).toEqual([]);
    return row as Record<string, string>;
  };
  const carries = (row: Record<string, string>) =>
    Number.parseInt((row['Carries, refunds a second'] ?? '').replaceAll(',', ''), 10);

  test('are raised by parameters that there are', () => {
    const named = rows.flatMap((row) => codesIn(row['Raise it by']));
    expect(named.length).toBeGreaterThan(8);
    for (const name of named) expect(Object.keys(params.default)).toContain(name);
  });

  test('every limit among the parameters is on the page', () => {
    const limits = Object.keys(custom.parameters).filter((name) =>
      /(Limit|Throttling|Concurrency|Parallelism|BatchSize|WarmThroughput)$/.test(name),
    );
    expect(limits).toHaveLength(20);
    for (const name of limits) expect(text).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('have the parameters’ defaults', () => {
    const { notifyRateLimit, publishBatchSize, publishParallelism, storiesBatchSize } = params.default;
    expect(rowOf('notifications').Default).toBe(`${notifyRateLimit} a second`);
    expect([publishParallelism, publishBatchSize]).toEqual([1, storiesBatchSize]);
    for (const start of ['`publish-', '`record-'])
      expect(rowOf(start).Default).toBe(`one batch of ${publishBatchSize} in each of 4 shards`);
  });

  test('of reconciliation are those of all runs together', () => {
    const { reconcileRuns, gatewayMaxInFlight, gatewayMaxPerSecond } = params.default;
    const { Default, 'How it is calculated': calculated } = rowOf('reconciliation');
    expect(Default).toContain(
      `${reconcileRuns} runs, together ${gatewayMaxInFlight} calls at a time and ${gatewayMaxPerSecond} a second`,
    );
    const inRound = 10 * 100 + 228 * gatewayMaxPerSecond;
    expect(calculated).toContain(`= ${inRound.toLocaleString('en')} in 300 s`);
    expect(carries(rowOf('reconciliation'))).toBeLessThanOrEqual(inRound / 300);
    expect(Number(example.reconcileConcurrency)).toBeGreaterThanOrEqual(reconcileRuns);
  });

  test('are calculated', () => {
    const { publishBatchSize: batch } = params.default;
    expect(carries(rowOf('`publish-'))).toBe(Math.round((4 * batch) / 0.05 / 3));
    expect(carries(rowOf('`record-'))).toBe(Math.round((4 * batch) / 0.03 / 3));
    expect(carries(rowOf('EventBridge'))).toBe(Math.round((600 * batch) / Math.ceil(batch / 10) / 3));
    expect(carries(rowOf('a new table'))).toBe(Math.floor(4_000 / 3));
    expect(rowOf('`due-refunds` in').Default).toMatch(new RegExp(`^${SHARDS.length} parts`));
    expect(carries(rowOf('`due-refunds` in'))).toBe((SHARDS.length * 1_000) / 2);
    expect(carries(rowOf('`refunds-by-day`'))).toBe(SHARDS.length * 1_000);
    const withConcurrency = [0.3, 1, 10].map((seconds) => Number((991 / (seconds + 0.025)).toPrecision(2)));
    expect(rowOf('Lambda’s concurrency'.replace('’', "'"))['Carries, refunds a second']).toBe(
      `${withConcurrency[0]?.toLocaleString('en')} if \`G\` is 0.3 s; ${withConcurrency[1]} if 1 s; ${withConcurrency[2]} if 10 s`,
    );
  });
});

describe('the cost', () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, ['scripts/cost.mjs', ...args], { encoding: 'utf8' });
  const usdOf = (printed: string) =>
    Object.fromEntries(
      [...printed.matchAll(/^\| (.*?) ?\| (.+?) \|.* \| \**([\d.]+)\** \|$/gm)].map(
        ([, quantity = '', what = '', usd]) => [
          what,
          { quantity: Number(quantity.replaceAll(',', '')), usd: Number(usd) },
        ],
      ),
    );

  test('is the one that the page shows', () => {
    const [bill = ''] = run().split('\n\n');
    expect(text).toContain(`\n\n${bill}\n\n`);
  });

  test('is that of ten write units for each refund, and adds up', () => {
    const { '**together**': together, ...rows } = usdOf(run());
    expect(Object.keys(rows)).toHaveLength(10);
    expect(rows['write units']?.quantity).toBe(10_000_000);
    expect(sum(Object.values(rows).map(({ usd }) => usd))).toBeCloseTo(together?.usd ?? 0, 1);
  });

  test('changes with what is assumed, and only where it must', () => {
    const [before, slow, many, none] = [
      usdOf(run()),
      usdOf(run('--gateway-ms', '1300')),
      usdOf(run('--refunds', '2000000')),
      usdOf(run('--changes-in-batch', '25', '--reads-per-refund', '0')),
    ];
    const changed = (other: typeof before) =>
      Object.keys(before).filter((what) => before[what]?.usd !== other[what]?.usd);
    expect(changed(slow)).toEqual(['GB-seconds', '**together**']);
    // One second of half a gigabyte.
    expect((slow['GB-seconds']?.quantity ?? 0) - (before['GB-seconds']?.quantity ?? 0)).toBe(500_000);
    expect(many['**together**']?.usd).toBeCloseTo(2 * (before['**together**']?.usd ?? 0), 1);
    expect(none.invocations?.quantity).toBe(2_240_000);
    expect(none['read units']?.quantity).toBe(0);
  });

  test('tells where its prices are from, and when', () => {
    expect(run()).toMatch(/List prices of ap-east-1 as of \d{4}-\d\d, .* check them/);
  });

  test.each([
    ['--refunds', 'many'],
    ['--changes-in-batch', '0'],
    ['--refund', '5'],
  ])('isn’t calculated with %s %s', (...args) => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/cost.mjs', ...args], {
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain(args[0]);
  });
});
