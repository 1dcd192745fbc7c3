import { AwsError } from '../aws/endpoint.ts';
import { type ChangeLog, sequenceNumber } from './change-log.ts';
import type { Reply } from './items.ts';
import type { ChangeLogs } from './logged-writes.ts';

/** The input of any of the operations. */
interface Input {
  readonly TableName?: string;
  readonly StreamArn?: string;
  readonly ExclusiveStartShardId?: string;
  readonly ShardId?: string;
  readonly ShardIteratorType?: string;
  readonly SequenceNumber?: string;
  readonly ShardIterator?: string;
  readonly Limit?: number;
}

/** Each stream has one shard, which never ends. */
const ShardId = 'shardId-00000000000000000001';

/** Answers an operation of the API of DynamoDB Streams. */
export function answerStreams(operation: string, input: Input, logs: ChangeLogs): Reply {
  try {
    const perform = operations[operation];
    if (!perform) throw new AwsError('UnknownOperationException', 'The sandbox has no such operation.');
    return { status: 200, body: JSON.stringify(perform(input, logs)) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: 400, body: JSON.stringify({ __type: error.type, message: error.message }) };
  }
}

const operations: Readonly<Record<string, (input: Input, logs: ChangeLogs) => object>> = {
  ListStreams: ({ TableName }, logs) => {
    const listed = [...logs.values()].filter(({ table }) => !TableName || table.TableName === TableName);
    return { Streams: listed.map(named) };
  },
  DescribeStream: ({ StreamArn, ExclusiveStartShardId }, logs) => {
    const log = logOf(StreamArn, logs);
    return { StreamDescription: { ...described(log), Shards: ExclusiveStartShardId ? [] : [shard] } };
  },
  GetShardIterator: (input, logs) => {
    const log = logOf(input.StreamArn, logs);
    if (input.ShardId !== ShardId) throw new AwsError('ResourceNotFoundException', 'There is no such shard.');
    return { ShardIterator: iterator(log, startOf(input, log)) };
  },
  GetRecords: ({ ShardIterator = '', Limit = 1_000 }, logs) => {
    const [arn, start] = ShardIterator.split('|');
    const log = logOf(arn, logs);
    const Records = log.records.slice(Number(start), Number(start) + Limit);
    return { Records, NextShardIterator: iterator(log, Number(start) + Records.length) };
  },
};

const shard = { ShardId, SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(0) } };

function named({ arn: StreamArn, label: StreamLabel, table: { TableName } }: ChangeLog) {
  return { StreamArn, StreamLabel, TableName };
}

function described(log: ChangeLog) {
  return {
    ...named(log),
    StreamStatus: 'ENABLED',
    StreamViewType: log.viewType,
    CreationRequestDateTime: log.createdAt.getTime() / 1_000,
    KeySchema: log.table.KeySchema,
  };
}

function logOf(arn: string | undefined, logs: ChangeLogs): ChangeLog {
  const log = [...logs.values()].find((candidate) => candidate.arn === arn);
  if (!log) throw new AwsError('ResourceNotFoundException', `There is no stream ${arn}.`);
  return log;
}

/** An iterator names the stream, and the index of the next record. */
function iterator({ arn }: ChangeLog, next: number): string {
  return `${arn}|${next}`;
}

function startOf({ ShardIteratorType, SequenceNumber }: Input, { records }: ChangeLog): number {
  switch (ShardIteratorType) {
    case 'TRIM_HORIZON':
      return 0;
    case 'LATEST':
      return records.length;
    case 'AT_SEQUENCE_NUMBER':
      return Number(SequenceNumber) - 1;
    case 'AFTER_SEQUENCE_NUMBER':
      return Number(SequenceNumber);
    default:
      throw new AwsError('ValidationException', `There is no type ${ShardIteratorType} of an iterator.`);
  }
}
