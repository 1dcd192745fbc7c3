import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import { type StreamBatch, toLambdaRecord } from './stream-batch.ts';

/** A stream, and the client to read it with. */
export interface Stream {
  readonly client: DynamoDBStreamsClient;
  readonly arn: string;
}

/** The position in one shard. */
export interface ShardReader {
  readonly shard: Shard;
  iterator?: string | undefined;
  /** The sequence number after which a new iterator begins. */
  lastRead?: string | undefined;
  /** The records that were read, and not yet processed. */
  pending: StreamBatch['Records'];
  retryAtMs: number;
  isAtEnd: boolean;
}

/** Adds a reader for each shard that has none. */
export async function addReaders(
  { client, arn: StreamArn }: Stream,
  readers: Map<string, ShardReader>,
  abortSignal: AbortSignal,
): Promise<void> {
  let ExclusiveStartShardId: string | undefined;
  do {
    const command = new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId });
    const { StreamDescription } = await client.send(command, { abortSignal });
    for (const shard of StreamDescription?.Shards ?? []) {
      const id = shard.ShardId ?? '';
      if (!readers.has(id)) readers.set(id, { shard, pending: [], retryAtMs: 0, isAtEnd: false });
    }
    ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
}

/** Whether a shard has records to process. It waits for its parent: both may have changes of the same item. */
export function isOpen({ shard, isAtEnd, pending }: ShardReader, readers: Map<string, ShardReader>): boolean {
  const parent = readers.get(shard.ParentShardId ?? '');
  const isParentDone = !parent || (parent.isAtEnd && parent.pending.length === 0);
  return isParentDone && !(isAtEnd && pending.length === 0);
}

/** Reads the next records into `pending`. After an error it reads again from the last record. */
export async function readShard(
  stream: Stream,
  reader: ShardReader,
  Limit: number,
  abortSignal: AbortSignal,
): Promise<void> {
  try {
    reader.iterator ??= await iteratorOf(stream, reader, abortSignal);
    const command = new GetRecordsCommand({ ShardIterator: reader.iterator, Limit });
    const { Records = [], NextShardIterator } = await stream.client.send(command, { abortSignal });
    reader.iterator = NextShardIterator;
    reader.isAtEnd = NextShardIterator === undefined;
    reader.lastRead = Records.at(-1)?.dynamodb?.SequenceNumber ?? reader.lastRead;
    reader.pending = Records.map((record) => toLambdaRecord(record, stream.arn));
  } catch (error) {
    // An iterator expires, for example while the machine sleeps.
    reader.iterator = undefined;
    if ((error as Error).name === 'TrimmedDataAccessException') reader.lastRead = undefined;
  }
}

async function iteratorOf(
  { client, arn: StreamArn }: Stream,
  { shard: { ShardId }, lastRead }: ShardReader,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const position = lastRead
    ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastRead } as const)
    : ({ ShardIteratorType: 'TRIM_HORIZON' } as const);
  const command = new GetShardIteratorCommand({ StreamArn, ShardId, ...position });
  return (await client.send(command, { abortSignal })).ShardIterator;
}
