import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, tableDefinition } from '../sandbox/table.ts';
import { bundle, bundleBaseline, bundlePlain, sizeOf } from './bundle.ts';

export const FUNCTIONS = ['apply', 'notify', 'check'] as const;

type Bundles = Partial<Record<(typeof FUNCTIONS)[number], string>>;

/** One of those that are compared. */
export interface Subject {
  name: string;
  /** Of its function that applies for refunds. */
  bytes: number;
  bundles: Bundles & { apply: string };
  /** It is loaded, and does nothing. */
  isIdle?: boolean;
  /** Beside the sandbox's settings. */
  env: Record<string, string>;
}

const FOLDER = '.serverless/bench';

type Build = (entry: string, outfile: string) => Promise<number>;

/** Bundles everything that is compared. */
export async function bundleSubjects(): Promise<Subject[]> {
  const floor = `${FOLDER}/floor/apply.js`;
  const bare = entriesIn('bench/bare');
  const functions = {
    apply: 'functions/apply-refund.ts',
    notify: 'functions/notify-callback.ts',
    check: 'functions/reconcile-refunds.ts',
  };
  installPeer();
  return [
    { name: 'floor', bytes: await bundleBaseline(floor), bundles: { apply: floor }, isIdle: true, env: {} },
    await subject('bare', bundlePlain, bare, { REFUNDS_TABLE: 'bare-refunds' }),
    await subject('trimmed', bundle, bare, { REFUNDS_TABLE: 'trimmed-refunds' }),
    await subject('peer', sizeOf, entriesIn('bench/peer/src'), {
      REFUNDS_TABLE: 'peer-refunds',
      IDEMPOTENCY_TABLE: 'peer-idempotency',
    }),
    await subject('service', bundle, functions, {}),
  ];
}

const entriesIn = (folder: string) => ({
  apply: `${folder}/apply.ts`,
  notify: `${folder}/notify.ts`,
  check: `${folder}/check.ts`,
});

async function subject(
  name: string,
  build: Build,
  entries: ReturnType<typeof entriesIn>,
  env: Record<string, string>,
): Promise<Subject> {
  const fileOf = (part: string) => `${FOLDER}/${name}/${part}.js`;
  const [bytes = 0] = await Promise.all(FUNCTIONS.map((part) => build(entries[part], fileOf(part))));
  const bundles = { apply: fileOf('apply'), notify: fileOf('notify'), check: fileOf('check') };
  return { name, bytes, bundles, env };
}

/** Only the bench needs what the peer is made of. */
function installPeer(): void {
  if (existsSync('bench/peer/node_modules/.package-lock.json')) return;
  console.log('Installing what bench/peer/package-lock.json lists. Some seconds …');
  const args = ['ci', '--prefix', 'bench/peer', '--loglevel=error', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('npm ci has failed in bench/peer: see above. It needs the npm registry.');
}

/** The tables of those that are compared, the service's own excepted. */
export async function createTables(client: DynamoDBClient): Promise<void> {
  const ours = tableDefinition('serverless.yml', 'RefundsTable');
  await createTable(client, 'bare-refunds', ours);
  await createTable(client, 'trimmed-refunds', ours);
  await createTable(client, 'peer-refunds', {
    ...keyed('no_refund', 'status', 'updated_at'),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-status',
        KeySchema: [
          { AttributeName: 'status', KeyType: 'HASH' },
          { AttributeName: 'updated_at', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  await createTable(client, 'peer-idempotency', keyed('id'));
}

/** A table whose key is the first of these fields. */
function keyed(...fields: string[]): Omit<CreateTableCommandInput, 'TableName'> {
  return {
    AttributeDefinitions: fields.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: fields[0], KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
}
