/** What DynamoDB answered. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Performs one operation, such as `GetItem`, on the engine itself. */
export type Call = (operation: string, input: object) => Promise<Reply>;

/** An item, or its key. */
export type Attributes = Readonly<Record<string, unknown>>;

export type KeySchema = readonly { readonly AttributeName: string }[];

/** The key of an item. */
export function keyOf(item: Attributes, schema: KeySchema): Attributes {
  return Object.fromEntries(schema.map(({ AttributeName: name }) => [name, item[name]]));
}

/** Reads an item; undefined if there is none. */
export async function readItem(
  TableName: string,
  Key: Attributes,
  call: Call,
): Promise<Attributes | undefined> {
  const { body } = await call('GetItem', { TableName, Key, ConsistentRead: true });
  return JSON.parse(body, sortSet).Item;
}

/** A set has no order: sorted, equal ones look the same. */
function sortSet(name: string, value: unknown): unknown {
  return /^[SNB]S$/.test(name) && Array.isArray(value) ? value.sort() : value;
}
