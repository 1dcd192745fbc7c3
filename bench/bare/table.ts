import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Fields } from './gateway.ts';

/**
 * The service's writes as plain calls: the same items, conditions and expressions, to the letter, but written down as they
 * are instead of being made of rules.
 */
export const TableName = process.env.REFUNDS_TABLE;
export const client = new DynamoDBClient({});

type Item = Record<string, AttributeValue>;

export const S = (text: string) => ({ S: text });
export const N = (number: number) => ({ N: String(number) });

/** Any part of the index, and of the days': which one, changes no cost. */
export const SHARD = '3';

/** @returns the record that is there already, if there is one */
export async function create(fields: Fields, nowMs: number, attempt_id: string): Promise<Item | undefined> {
  const at = S(new Date(nowMs).toISOString());
  const texts = Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, S(text)]));
  const Item: Item = {
    ...texts,
    kind: S('refund'),
    status: S('REQUESTED'),
    version: N(1),
    created_at: at,
    updated_at: at,
    day_shard: S(`20260101#${SHARD}`),
    attempts: N(1),
    attempt_id: S(attempt_id),
    lease_until: N(nowMs + 38_000),
    last_attempt_at: N(nowMs),
    shard: S(SHARD),
    next_check_at: N(nowMs + 1000),
    check_wait: N(1000),
  };
  const ConditionExpression = 'attribute_not_exists(no_refund)';
  try {
    await client.send(new PutItemCommand({ TableName, Item, ConditionExpression, ...ALL_OLD }));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && error.Item) return error.Item;
    throw error;
  }
}

const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** A word's placeholder in expressions. */
const names = (fields: string[]) => Object.fromEntries(fields.map((field) => [`#${field}`, field]));

/** What one kind of message writes: the expressions are texts, made once. */
function writeOf(status: string, from: string[], agrees: string[], result: string[], removes: string[]) {
  const sets = ['oid_refundno', ...result, 'status', 'sta_refund', 'money_refund', 'dt_refund', 'ret_code'];
  sets.push('ret_msg', 'message', 'updated_at');
  let number = 0;
  const is = (field: string) => `#${field} = :${number++}`;
  const isFrom = from.map(() => is('status')).join(' OR ');
  const isAgreed = agrees.map((field) => `(attribute_not_exists(#${field}) OR ${is(field)})`);
  const ConditionExpression = [`attribute_exists(#no_refund) AND (${isFrom})`, ...isAgreed].join(' AND ');
  const removed = removes.map((field) => `#${field}`).join(', ');
  const UpdateExpression = `SET ${sets.map(is).join(', ')} REMOVE ${removed} ADD #version :${number}`;
  const all = ['no_refund', 'version', ...agrees, ...sets, ...removes];
  const expressions = { ConditionExpression, UpdateExpression, ExpressionAttributeNames: names(all) };
  return { status, from, agrees, sets, expressions };
}

const IDENTITY = ['money_refund', 'dt_refund', 'oid_refundno'];
const REMOVED = ['lease_until', 'last_problem', 'attention'];
const CHECKS = ['shard', 'next_check_at', 'check_wait'];
const PROCESSING = writeOf(
  'PROCESSING',
  ['REQUESTED', 'REJECTED', 'INITIALIZED'],
  [...IDENTITY, 'claimed_oid_refundno'],
  [],
  REMOVED,
);
const SUCCEEDED = writeOf(
  'SUCCEEDED',
  ['REQUESTED', 'REJECTED', 'INITIALIZED', 'PROCESSING'],
  [...IDENTITY, 'claimed_sta_refund', 'claimed_oid_refundno'],
  ['settle_date'],
  [...REMOVED, ...CHECKS],
);

/** Writes what an answer or a notification says. @returns the record before, and its status after */
export async function settle(message: Fields, packed: Uint8Array, via: string, nowMs: number) {
  const { status, from, agrees, sets, expressions } = message.sta_refund === '2' ? SUCCEEDED : PROCESSING;
  const known: Item = {
    status: S(status),
    message: { M: { packed: { B: packed }, via: S(via), at: N(nowMs) } },
    updated_at: S(new Date(nowMs).toISOString()),
  };
  const said = (field: string) => known[field] ?? S(message[field.replace('claimed_', '')] ?? '');
  const values = [...from.map(S), ...agrees.map(said), ...sets.map(said), N(1)];
  const command = new UpdateItemCommand({
    TableName,
    Key: { no_refund: S(message.no_refund ?? '') },
    ...expressions,
    ExpressionAttributeValues: Object.fromEntries(values.map((value, index) => [`:${index}`, value])),
    ReturnValues: 'ALL_OLD',
    ...ALL_OLD,
  });
  const { Attributes: before = {} } = await client.send(command);
  return { before, status };
}

/** The next check of a refund, if nobody else has taken this one. */
export async function postpone(no_refund: string, seen: number, nowMs: number): Promise<void> {
  const command = new UpdateItemCommand({
    TableName,
    Key: { no_refund: S(no_refund) },
    UpdateExpression: 'SET #next_check_at = :1, #check_wait = :2',
    ConditionExpression: 'attribute_exists(#no_refund) AND (#next_check_at = :0)',
    ExpressionAttributeNames: names(['no_refund', 'next_check_at', 'check_wait']),
    ExpressionAttributeValues: { ':0': N(seen), ':1': N(nowMs + 2000), ':2': N(2000) },
    ReturnValues: 'ALL_OLD',
    ...ALL_OLD,
  });
  await client.send(command);
}
