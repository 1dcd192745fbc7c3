import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDb, startDynamoDb } from '../../sandbox/dynamodb.ts';
import { createTable, tableDefinition } from '../../sandbox/table.ts';

/** The commands of docs/operations.md that change a record by hand, as a shell hands them to the AWS CLI. */
const blocks = [
  ...readFileSync('docs/operations.md', 'utf8').matchAll(/```\n(aws dynamodb update-item[^`]+)```/g),
].map(([, block = '']) => block.replace('TABLE', 'refunds').replace('NUMBER', 'r-1'));

const commandThat = (expression: string) => {
  const found = blocks.filter((block) => block.includes(`'${expression}`));
  if (found.length !== 1)
    throw new Error(`docs/operations.md has ${found.length} commands that ${expression}`);
  return found[0] as string;
};

const hold = commandThat('SET lease_until = :until');
const endHold = commandThat('REMOVE lease_until');
const letGoOn = commandThat('REMOVE unsettled');
const setDate = commandThat('SET dt_refund = :date');

let dynamoDb: DynamoDb;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ port: 0 });
  client = new DynamoDBClient({
    endpoint: dynamoDb.endpoint,
    region: 'ap-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  await createTable(client, 'refunds', tableDefinition('serverless.yml', 'RefundsTable'));
});

afterAll(async () => {
  client.destroy();
  await dynamoDb.stop();
});

/** What the AWS CLI would make of the command. */
function inputOf(block: string) {
  const printed = execFileSync('bash', ['-c', `aws() { printf '%s\\0' "$@"; }\n${block}`], {
    encoding: 'utf8',
  });
  const [service, operation, ...words] = printed.split('\0').slice(0, -1);
  expect([service, operation]).toEqual(['dynamodb', 'update-item']);
  const flags = new Map(
    words.flatMap((word, index) => (index % 2 ? [] : [[word, words[index + 1] ?? ''] as const])),
  );
  const known = ['table-name', 'key', 'condition-expression', 'update-expression'];
  const optional = ['expression-attribute-names', 'expression-attribute-values'];
  for (const flag of flags.keys()) expect([...known, ...optional].map((name) => `--${name}`)).toContain(flag);
  const text = (name: string) => flags.get(`--${name}`);
  const json = (name: string) => JSON.parse(text(name) ?? 'null') ?? undefined;
  return {
    TableName: text('table-name'),
    Key: json('key'),
    ConditionExpression: text('condition-expression'),
    UpdateExpression: text('update-expression'),
    ExpressionAttributeNames: json('expression-attribute-names'),
    ExpressionAttributeValues: json('expression-attribute-values'),
  };
}

type Item = Record<string, { S: string } | { N: string } | { BOOL: boolean } | { M: Item }>;

const requested: Item = { kind: { S: 'refund' }, status: { S: 'REQUESTED' } };

/** Runs a command on a record. Returns the record after it, or the name of the error. */
async function after(command: string, record: Item): Promise<object | string> {
  const key = { no_refund: { S: 'r-1' } };
  await client.send(new PutItemCommand({ TableName: 'refunds', Item: { ...key, ...record } as never }));
  try {
    await client.send(new UpdateItemCommand(inputOf(command)));
  } catch (error) {
    return (error as Error).name;
  }
  const { Item: item } = await client.send(new GetItemCommand({ TableName: 'refunds', Key: key }));
  return item ?? {};
}

const REFUSED = 'ConditionalCheckFailedException';
const endless = { N: '4102444800000' };

test('a hold sets a lease that lasts, and another fencing token', async () => {
  const held = { lease_until: endless, attempt_id: { S: 'held-by-hand' } };
  expect(await after(hold, { ...requested, attempt_id: { S: 'a' } })).toMatchObject(held);
  expect(await after(hold, { ...requested, lease_until: { N: '1' } })).toMatchObject(held);
});

test('no hold while an attempt is under way, and none of a refund that is not REQUESTED', async () => {
  expect(await after(hold, { ...requested, lease_until: { N: String(Date.now() + 60_000) } })).toBe(REFUSED);
  expect(await after(hold, { ...requested, status: { S: 'REJECTED' } })).toBe(REFUSED);
});

test('the end of a hold takes no other lease away', async () => {
  expect(await after(endHold, { ...requested, lease_until: endless })).toEqual({
    no_refund: { S: 'r-1' },
    ...requested,
  });
  expect(await after(endHold, { ...requested, lease_until: { N: '1' } })).toBe(REFUSED);
});

test('a refund that an incomplete message is about goes on, unless it is in conflict or has moved', async () => {
  const incomplete: Item = { ...requested, unsettled: { BOOL: true } };
  expect(await after(letGoOn, incomplete)).toEqual({ no_refund: { S: 'r-1' }, ...requested });
  expect(await after(letGoOn, { ...incomplete, conflict: { M: {} } })).toBe(REFUSED);
  expect(await after(letGoOn, { ...incomplete, status: { S: 'PROCESSING' } })).toBe(REFUSED);
  expect(await after(letGoOn, requested)).toBe(REFUSED);
});

test('the date of an external refund is set where it is missing', async () => {
  const external: Item = { ...requested, kind: { S: 'external' } };
  expect(await after(setDate, external)).toMatchObject({ dt_refund: { S: 'yyyyMMddHHmmss' } });
  expect(await after(setDate, { ...external, dt_refund: { S: '20130515094018' } })).toBe(REFUSED);
  expect(await after(setDate, requested)).toBe(REFUSED);
});
