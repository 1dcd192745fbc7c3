import type { ChangeLog } from './change-log.ts';
import { type Attributes, type Call, keyOf, type Reply, readItem } from './items.ts';

/** The logs of the tables that have a stream, by the table's name. */
export type ChangeLogs = Map<string, ChangeLog>;

/** The parts of a write's input that say which items it may change. */
interface WriteInput {
  readonly TableName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  /** Of BatchWriteItem. */
  readonly RequestItems?: Readonly<Record<string, readonly BatchedWrite[]>>;
}

interface BatchedWrite {
  readonly PutRequest?: { readonly Item: Attributes };
  readonly DeleteRequest?: { readonly Key: Attributes };
}

/**
 * Performs an operation and adds what it changed to the tables' logs. The items are read before and after it, so no
 * other write may come between.
 */
export async function logged(
  operation: string,
  input: WriteInput,
  logs: ChangeLogs,
  call: Call,
  perform: () => Promise<Reply>,
): Promise<Reply> {
  const items = itemsOf(operation, input).flatMap(([table, item]) => {
    const log = logs.get(table);
    return log ? [{ log, key: keyOf(item, log.table.KeySchema) }] : [];
  });
  const readAll = () => Promise.all(items.map(({ log, key }) => readItem(log.table.TableName, key, call)));
  const before = await readAll();
  const reply = await perform();
  const after = await readAll();
  for (const [index, { log, key }] of items.entries()) log.add(key, before[index], after[index]);
  return reply;
}

/** The table and the item or key of each write. */
function itemsOf(operation: string, input: WriteInput): [string, Attributes][] {
  const { TableName = '', Item, Key = {}, RequestItems = {} } = input;
  if (['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)) return [[TableName, Item ?? Key]];
  if (operation !== 'BatchWriteItem') return [];
  return Object.entries(RequestItems).flatMap(([table, writes]) =>
    writes.map(({ PutRequest, DeleteRequest }): [string, Attributes] => [
      table,
      PutRequest?.Item ?? DeleteRequest?.Key ?? {},
    ]),
  );
}
