import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';

/** A batch as Lambda hands it to a function. */
export interface StreamBatch {
  readonly Records: readonly { readonly dynamodb: { readonly SequenceNumber: string } }[];
}

/** Hands a batch to the function, and gives its answer. Throws where the function did. */
export type Deliver = (batch: StreamBatch, signal: AbortSignal) => Promise<unknown>;

export interface TableStream {
  stop(): Promise<void>;
}

export interface TableStreamOptions {
  readonly endpoint: string;
  readonly tableName: string;
  /** How many records a batch has at most. Default: 25, as in serverless.yml. */
  readonly batchSize?: number;
  /** How long to wait after a look that found nothing, milliseconds. Default: 100. */
  readonly pollMs?: number;
  /** How long to wait before what failed is handed in again, milliseconds. Default: 1000. */
  readonly retryMs?: number;
  readonly deliver: Deliver;
}

/** One shard, read up to a place. */
interface Reader {
  readonly shard: Shard;
  iterator?: string | undefined;
  /** Where a new iterator goes on. */
  lastRead?: string | undefined;
  /** Read, and not yet done. */
  pending: StreamBatch['Records'];
  retryAt: number;
  isAtEnd: boolean;
}

type Settings = Required<TableStreamOptions>;

/** What the engine needs to be asked; it checks none of it. */
const anyone = {
  region: 'ap-east-1',
  credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
};

/**
 * Follows a table's stream from its beginning and hands it to a function, as Lambda's event source mapping does:
 * shard by shard, in order; after a failure again from the first record that failed.
 * @returns undefined where the engine has no streams, or the table none
 */
export async function followTable(options: TableStreamOptions): Promise<TableStream | undefined> {
  const settings = { batchSize: 25, pollMs: 100, retryMs: 1_000, ...options };
  const arn = await streamOf(settings);
  if (!arn) return undefined;
  const stopping = new AbortController();
  const client = new DynamoDBStreamsClient({ endpoint: settings.endpoint, ...anyone });
  const following = follow(client, arn, settings, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await following;
      client.destroy();
    },
  };
}

async function streamOf({ endpoint, tableName }: Settings): Promise<string | undefined> {
  const client = new DynamoDBClient({ endpoint, ...anyone });
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table?.LatestStreamArn;
  } finally {
    client.destroy();
  }
}

async function follow(client: DynamoDBStreamsClient, arn: string, settings: Settings, signal: AbortSignal) {
  const readers = new Map<string, Reader>();
  while (!signal.aborted) {
    // A look that fails (the engine is busy, a message comes too late) is repeated with the next one.
    await addReaders(client, arn, readers, signal).catch(() => {});
    const open = [...readers.values()].filter((reader) => isOpen(reader, readers));
    const found = await Promise.all(open.map((reader) => advance(client, arn, reader, settings, signal)));
    if (!found.some(Boolean)) await sleep(settings.pollMs, undefined, { signal }).catch(() => {});
  }
}

/** A shard follows its parent: both may speak of the same item. */
function isOpen({ shard, isAtEnd, pending }: Reader, readers: Map<string, Reader>): boolean {
  const parent = readers.get(shard.ParentShardId ?? '');
  const isParentDone = !parent || (parent.isAtEnd && parent.pending.length === 0);
  return isParentDone && !(isAtEnd && pending.length === 0);
}

async function addReaders(
  client: DynamoDBStreamsClient,
  StreamArn: string,
  readers: Map<string, Reader>,
  abortSignal: AbortSignal,
): Promise<void> {
  let ExclusiveStartShardId: string | undefined;
  do {
    const command = new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId });
    const { StreamDescription } = await client.send(command, { abortSignal });
    for (const shard of StreamDescription?.Shards ?? []) {
      const id = shard.ShardId ?? '';
      if (!readers.has(id)) readers.set(id, { shard, pending: [], retryAt: 0, isAtEnd: false });
    }
    ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
}

/** @returns whether there was something to do */
async function advance(
  client: DynamoDBStreamsClient,
  arn: string,
  reader: Reader,
  settings: Settings,
  signal: AbortSignal,
): Promise<boolean> {
  if (reader.pending.length === 0) await read(client, arn, reader, settings.batchSize, signal);
  if (reader.pending.length === 0 || Date.now() < reader.retryAt) return false;
  const failedFrom = await firstFailed({ Records: reader.pending }, settings.deliver, signal);
  reader.pending = reader.pending.slice(failedFrom);
  if (reader.pending.length > 0) reader.retryAt = Date.now() + settings.retryMs;
  return true;
}

async function read(
  client: DynamoDBStreamsClient,
  StreamArn: string,
  reader: Reader,
  Limit: number,
  abortSignal: AbortSignal,
): Promise<void> {
  try {
    reader.iterator ??= await iteratorOf(client, StreamArn, reader, abortSignal);
    const command = new GetRecordsCommand({ ShardIterator: reader.iterator, Limit });
    const { Records = [], NextShardIterator } = await client.send(command, { abortSignal });
    reader.iterator = NextShardIterator;
    reader.isAtEnd = NextShardIterator === undefined;
    reader.lastRead = Records.at(-1)?.dynamodb?.SequenceNumber ?? reader.lastRead;
    reader.pending = Records.map((record) => asLambdaTells(record, StreamArn));
  } catch (error) {
    // An iterator expires, for example while the machine sleeps.
    reader.iterator = undefined;
    if ((error as Error).name === 'TrimmedDataAccessException') reader.lastRead = undefined;
  }
}

async function iteratorOf(
  client: DynamoDBStreamsClient,
  StreamArn: string,
  { shard: { ShardId }, lastRead }: Reader,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const place = lastRead
    ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastRead } as const)
    : ({ ShardIteratorType: 'TRIM_HORIZON' } as const);
  const command = new GetShardIteratorCommand({ StreamArn, ShardId, ...place });
  return (await client.send(command, { abortSignal })).ShardIterator;
}

function asLambdaTells(record: _Record, eventSourceARN: string): StreamBatch['Records'][number] {
  const { ApproximateCreationDateTime, SequenceNumber = '', ...images } = record.dynamodb ?? {};
  const seconds = ApproximateCreationDateTime && ApproximateCreationDateTime.getTime() / 1_000;
  const dynamodb = { ...images, SequenceNumber, ApproximateCreationDateTime: seconds };
  return { ...record, eventSourceARN, dynamodb } as StreamBatch['Records'][number];
}

/** How many records of the batch are done: those before the first that is said to have failed. */
async function firstFailed(batch: StreamBatch, deliver: Deliver, signal: AbortSignal): Promise<number> {
  try {
    const answer = (await deliver(batch, signal)) as BatchAnswer | undefined;
    const failed = (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
      batch.Records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
    );
    // One that nobody knows makes the whole batch fail.
    return Math.max(0, Math.min(batch.Records.length, ...failed));
  } catch {
    return 0;
  }
}

interface BatchAnswer {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[];
}
