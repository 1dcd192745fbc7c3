import { ChangeLog } from './change-log.ts';
import type { Reply } from './items.ts';
import type { ChangeLogs } from './logged-writes.ts';

interface CreateTableInput {
  readonly StreamSpecification?: { readonly StreamEnabled?: boolean; readonly StreamViewType?: string };
}

/** Tells a table's stream in the answer of CreateTable, DescribeTable and so on. The log begins and ends with the table. */
export function withStream(
  operation: string,
  input: CreateTableInput,
  reply: Reply,
  logs: ChangeLogs,
): Reply {
  if (reply.status !== 200 || !operation.endsWith('Table')) return reply;
  const answer = JSON.parse(reply.body);
  const table = answer.Table ?? answer.TableDescription;
  const { StreamEnabled, StreamViewType = '' } = input.StreamSpecification ?? {};
  if (operation === 'CreateTable' && StreamEnabled) {
    logs.set(table.TableName, new ChangeLog(table, StreamViewType));
  }
  const log = logs.get(table.TableName);
  if (operation === 'DeleteTable') logs.delete(table.TableName);
  if (!log) return reply;
  table.StreamSpecification = { StreamEnabled: true, StreamViewType: log.viewType };
  table.LatestStreamArn = log.arn;
  table.LatestStreamLabel = log.label;
  return { ...reply, body: JSON.stringify(answer) };
}
