import { type Attributes, type Call, keyOf, type Reply, readItem } from './items.ts';

interface Write {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
  /** Of UpdateItem and DeleteItem. */
  readonly Key?: Attributes;
  /** Of PutItem. */
  readonly Item?: Attributes;
}

/** Adds the old item to the error of a failed condition, where the request wants it. */
export async function withOldItem(input: object, reply: Reply, call: Call): Promise<Reply> {
  if (reply.status !== 400 || !reply.body.includes('ConditionalCheckFailedException')) return reply;
  const { TableName, ReturnValuesOnConditionCheckFailure, Key, Item = {} } = input as Write;
  if (ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return reply;

  const key = Key ?? keyOf(Item, await keySchemaOf(TableName, call));
  const old = await readItem(TableName, key, call);
  return { ...reply, body: JSON.stringify({ ...JSON.parse(reply.body), Item: old }) };
}

async function keySchemaOf(TableName: string, call: Call) {
  return JSON.parse((await call('DescribeTable', { TableName })).body).Table.KeySchema;
}
