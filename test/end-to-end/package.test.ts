import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleBaseline } from '../../bench/bundle.ts';
import { unpacked } from '../support/package-functions.ts';

const bundles = globSync(join(unpacked, '*', 'functions', '*.js')).sort();
const packaged = globSync(join(unpacked, '**', '*'), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const template = readFileSync('.serverless/cloudformation-template-update-stack.json', 'utf8');

test('every function has a package with its handler', () => {
  const handlers = Object.values(JSON.parse(template).Resources as Record<string, Resource>)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => String(Properties.Handler).replace('functions/', '').replace('.handler', ''));
  expect(handlers).toEqual(
    expect.arrayContaining(['apply-refund', 'apply-exchange-refund', 'notify-callback']),
  );
  for (const name of handlers) expect(bundles.map((path) => basename(path, '.js'))).toContain(name);
});

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** What belongs to this machine alone, and secrets. */
const foreign: [what: string, pattern: RegExp][] = [
  ['a local address', /127\.0\.0\.1:\d/],
  ['the sandbox’s settings', /\.sandbox|sandbox\//],
  ['a key', /-----BEGIN [A-Z ]*(PRIVATE|PUBLIC) KEY-----\s*\w/],
  [
    'the sandbox’s keys',
    new RegExp(
      sandboxKeyLines()
        .map((line) => literally(line))
        .join('|'),
    ),
  ],
  ['the sandbox’s merchant', /201103171000000000/],
  ['a path of this machine', new RegExp(literally(process.cwd()))],
];

describe.each(foreign)('%s', (_what, pattern) => {
  test.each(packaged)('is not in %s', (path) => {
    expect(pattern.exec(readFileSync(path, 'utf8'))?.[0]).toBeUndefined();
  });

  test('is not in the template', () => {
    expect(pattern.exec(template)?.[0]).toBeUndefined();
  });
});

/** Each bundle's share of the bare SDK clients' size, rounded up: what a change adds should be meant. */
const SHARES: Record<string, number> = {
  'apply-exchange-refund': 1.01,
  'apply-refund': 1.01,
  'notify-callback': 0.9,
  // With three more clients.
  'publish-refund-events': 1.02,
  'query-refund': 0.95,
  // With the client of EventBridge.
  'reconcile-refunds': 1.08,
  // Without the client of Secrets Manager.
  'list-refunds': 0.79,
  'record-refund-history': 0.77,
  'refund-history': 0.77,
};

describe('a bundle is hardly larger than the SDK clients of DynamoDB and Secrets Manager, or smaller', () => {
  let baseline: number;

  beforeAll(async () => {
    baseline = await bundleBaseline('.serverless/floor.js');
  }, 30_000);

  test.each(bundles)('%s', (path) => {
    expect(baseline).toBeGreaterThan(100_000);
    expect(statSync(path).size / baseline).toBeLessThanOrEqual(SHARES[basename(path, '.js')] ?? 0);
  });
});

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function sandboxKeyLines(): string[] {
  return globSync('sandbox/keys/*.pem').map((file) => readFileSync(file, 'utf8').split('\n')[2] ?? '');
}
