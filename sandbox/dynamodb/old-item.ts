/** What DynamoDB answered. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Performs one operation, such as `GetItem`, on the engine itself. */
export type Call = (operation: string, input: object) => Promise<Reply>;

type Attributes = Record<string, unknown>;

interface Write {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
  /** Of UpdateItem and DeleteItem. */
  readonly Key?: Attributes;
  /** Of PutItem. */
  readonly Item?: Attributes;
}

/** Adds the old item to the error of a failed condition, where the request wants it. */
export async function withOldItem(input: string, reply: Reply, call: Call): Promise<Reply> {
  if (reply.status !== 400 || !reply.body.includes('ConditionalCheckFailedException')) return reply;
  const write: Write = JSON.parse(input);
  if (write.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return reply;

  const { TableName } = write;
  const Key = write.Key ?? (await keyOf(TableName, write.Item ?? {}, call));
  const { Item } = JSON.parse((await call('GetItem', { TableName, Key, ConsistentRead: true })).body);
  return { ...reply, body: JSON.stringify({ ...JSON.parse(reply.body), Item }) };
}

async function keyOf(TableName: string, item: Attributes, call: Call): Promise<Attributes> {
  const { Table } = JSON.parse((await call('DescribeTable', { TableName })).body);
  const names = Table.KeySchema.map(({ AttributeName }: { AttributeName: string }) => AttributeName);
  return Object.fromEntries(names.map((name: string) => [name, item[name]]));
}
