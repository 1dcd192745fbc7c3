import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Fate, type Limits, type Load, underLoad } from '../support/lambda-concurrency.ts';
import { copyOfProject, misleadingEnvironment, removeCopies, run } from '../support/project-copies.ts';
import { readTemplate, type Template, templatePath } from '../support/template.ts';

/**
 * The gateway takes 10 s for each call, and callers go on to apply for 200 refunds a second: a model of Lambda's
 * concurrency with the numbers of the packaged template, once with the example of docs/scale.md and once with the
 * defaults. A wrong number in either fails here.
 */
const [, example = ''] = /^```yaml\n(.*?)^```/ms.exec(readFileSync('docs/scale.md', 'utf8')) ?? [];

const ACCOUNT = 1_000;
const REFUNDS = 200;
const FOR_MS = 300_000;

/** The routes that the functions have, as serverless.yml names them. */
const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }) as {
  functions: Record<string, { events: { httpApi?: { method: string; path: string } }[] }>;
};
const routeOf = (name: string) => {
  const { httpApi } = functions[name]?.events.find((event) => event.httpApi) ?? {};
  return httpApi && `${httpApi.method} ${httpApi.path}`;
};

let template: Template;
let slowMs: number;

beforeAll(async () => {
  const folder = copyOfProject();
  const file = join(folder, 'serverless.yml');
  const params = `  prod:\n    oidPartner: "1"\n${example}`;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('\nprovider:\n', () => `\n${params}\nprovider:\n`),
  );
  const args = ['node_modules/serverless/bin/serverless.js', 'package', '--stage', 'prod'];
  expect(await run(folder, args, misleadingEnvironment)).toMatchObject({ code: 0 });
  template = readTemplate(join(folder, templatePath));
  slowMs = Number(template.functions['apply-refund']?.environment.GATEWAY_TIMEOUT_MS);
}, 60_000);

afterAll(() => removeCopies());

/** What the template lets through. */
function limitsOf({ functions, ofType }: Template): Limits {
  const reserved = Object.entries(functions).map(([name, { properties }]) => [
    name,
    properties.ReservedConcurrentExecutions as number | undefined,
  ]);
  const [stage] = Object.values(ofType('AWS::ApiGatewayV2::Stage'));
  const settings = (stage?.Properties.RouteSettings ?? {}) as Record<string, Record<string, number>>;
  const throttling = Object.entries(settings).map(([route, limit]) => [
    route,
    { rate: limit.ThrottlingRateLimit, burst: limit.ThrottlingBurstLimit },
  ]);
  return {
    concurrency: ACCOUNT,
    reserved: Object.fromEntries(reserved),
    throttling: Object.fromEntries(throttling),
  };
}

/** What 200 refunds a second ask of each function while the gateway is slow: docs/scale.md has the times. */
function loads(): Record<string, Load> {
  const waiting = slowMs + 10;
  const withoutRoutes = {
    'apply-refund': { perSecond: REFUNDS, takesMs: waiting },
    'apply-exchange-refund': { perSecond: 20, takesMs: waiting },
    'query-refund': { perSecond: 20, takesMs: waiting },
    'notify-callback': { perSecond: REFUNDS, takesMs: 15 },
    'list-refunds': { perSecond: 5, takesMs: 200 },
    'refund-history': { perSecond: 5, takesMs: 50 },
    // Three changes for each refund, in batches of 25.
    'publish-refund-events': { perSecond: (3 * REFUNDS) / 25, takesMs: 50 },
    'record-refund-history': { perSecond: (3 * REFUNDS) / 25, takesMs: 30 },
    // Runs that last four minutes, with those that they have started.
    'reconcile-refunds': { perSecond: 4 / 240, takesMs: 240_000 },
  };
  expect(Object.keys(withoutRoutes).sort()).toEqual(Object.keys(template.functions).sort());
  return Object.fromEntries(
    Object.entries(withoutRoutes).map(([name, load]) => [name, { ...load, route: routeOf(name) } as Load]),
  );
}

const WAITING = ['apply-refund', 'apply-exchange-refund', 'query-refund'];
const NOT_WAITING = [
  'notify-callback',
  'list-refunds',
  'refund-history',
  'publish-refund-events',
  'record-refund-history',
  'reconcile-refunds',
];

const shareOf = ({ served, offered }: Fate) => served / offered;

describe('with the reservations of the example', () => {
  let fates: Record<string, Fate>;
  beforeAll(() => {
    fates = underLoad(limitsOf(template), loads(), FOR_MS);
  });
  const fate = (name: string) => fates[name] as Fate;

  test('the account has what they take, and the 100 that must be left', () => {
    const reserved = Object.values(limitsOf(template).reserved);
    expect(reserved).toHaveLength(9);
    expect(ACCOUNT - reserved.reduce<number>((sum, count) => sum + Number(count), 0)).toBeGreaterThanOrEqual(
      100,
    );
  });

  test.each(NOT_WAITING)('everything that is asked of %s goes through', (name) => {
    expect(fate(name).offered).toBeGreaterThan(0);
    expect(fate(name)).toMatchObject({ served: fate(name).offered, refused: 0, throttled: 0 });
  });

  test('of applications, as many go through as the ceiling has executions, and the others are turned away', () => {
    const { served, throttled, refused, mostAtATime } = fate('apply-refund');
    const ceiling = Number(limitsOf(template).reserved['apply-refund']);
    expect(slowMs).toBe(10_000);
    // 200 a second for 10 s would be 2,000.
    expect(mostAtATime).toBe(ceiling);
    expect(throttled + refused).toBeGreaterThan(0);
    expect(served / (FOR_MS / 1_000)).toBeCloseTo(ceiling / 10, -1);
  });

  test('no function that waits for the gateway has more than its ceiling', () => {
    for (const name of WAITING)
      expect(fate(name).mostAtATime).toBeLessThanOrEqual(Number(limitsOf(template).reserved[name]));
  });

  test('a flood of notifications, forged ones perhaps, is turned away by API Gateway before Lambda sees it', () => {
    const flood = {
      ...loads(),
      'notify-callback': { ...loads()['notify-callback'], perSecond: 3_000 } as Load,
    };
    const { 'notify-callback': flooded, ...others } = underLoad(limitsOf(template), flood, 60_000);
    const { rate = 0, burst = 0 } = limitsOf(template).throttling['POST /refund-notifications'] ?? {};
    expect(flooded?.throttled).toBe(0);
    expect(flooded?.served).toBeLessThanOrEqual(rate * 60 + burst);
    for (const name of NOT_WAITING.slice(1)) expect(others[name]?.throttled).toBe(0);
  });
});

describe('a wrong number shows', () => {
  const notifications = (more: Partial<Record<string, number | undefined>>) => {
    const limits = limitsOf(template);
    return underLoad({ ...limits, reserved: { ...limits.reserved, ...more } }, loads(), 60_000)[
      'notify-callback'
    ] as Fate;
  };

  test('without any reservation half of the notifications find no execution', () => {
    const none = Object.fromEntries(Object.keys(template.functions).map((name) => [name, undefined]));
    const share = shareOf(notifications(none));
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  });

  test('without a floor of their own, and with one function that waits without a ceiling, notifications are lost', () => {
    expect(shareOf(notifications({ 'notify-callback': undefined, 'apply-refund': undefined }))).toBeLessThan(
      0.9,
    );
    // Each of the two is enough.
    expect(shareOf(notifications({ 'apply-refund': undefined }))).toBe(1);
    expect(shareOf(notifications({ 'notify-callback': undefined }))).toBe(1);
  });

  test('a floor that is too small is a ceiling that is too small', () => {
    expect(shareOf(notifications({ 'notify-callback': 10 }))).toBeLessThan(0.6);
  });
});

test('with the defaults there is no reservation: an account that is new could not be deployed to', () => {
  const defaults = limitsOf(readTemplate());
  expect(Object.values(defaults.reserved).filter((count) => count !== undefined)).toEqual([]);
  // Notifications have a limit all the same, which protects the account.
  expect(defaults.throttling['POST /refund-notifications']).toEqual({ rate: 50, burst: 100 });
});
