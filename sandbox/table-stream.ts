import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { addReaders, isOpen, readShard, type ShardReader, type Stream } from './shard-reader.ts';
import type { StreamBatch } from './stream-batch.ts';

/** Invokes the function with a batch and resolves to its response. Throws where the function did. */
export type Deliver = (batch: StreamBatch, signal: AbortSignal) => Promise<unknown>;

export interface TableStream {
  stop(): Promise<void>;
}

export interface TableStreamOptions {
  readonly endpoint: string;
  readonly tableName: string;
  /** The most records of a batch. Default: 25, as in serverless.yml. */
  readonly batchSize?: number;
  /** The wait after a poll that found nothing, milliseconds. Default: 100. */
  readonly pollMs?: number;
  /** The wait before failed records are delivered again, milliseconds. Default: 1000. */
  readonly retryMs?: number;
  readonly deliver: Deliver;
}

type Settings = Required<TableStreamOptions>;

/** The engine wants credentials, and checks none. */
const dummyAccess = {
  region: 'ap-east-1',
  credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
};

/**
 * Reads a table's stream from its beginning and delivers it to a function, as Lambda's event source mapping does:
 * shard by shard, in order; after a failure again from the first record that failed.
 * @throws Error when the table has no stream
 */
export async function followTable(options: TableStreamOptions): Promise<TableStream> {
  const settings = { batchSize: 25, pollMs: 100, retryMs: 1_000, ...options };
  const arn = await streamArnOf(settings);
  const stopping = new AbortController();
  const client = new DynamoDBStreamsClient({ endpoint: settings.endpoint, ...dummyAccess });
  const following = follow({ client, arn }, settings, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await following;
      client.destroy();
    },
  };
}

async function streamArnOf({ endpoint, tableName }: Settings): Promise<string> {
  const client = new DynamoDBClient({ endpoint, ...dummyAccess });
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.LatestStreamArn) return Table.LatestStreamArn;
    throw new Error(`The table ${tableName} has no stream: give it a StreamSpecification in serverless.yml`);
  } finally {
    client.destroy();
  }
}

async function follow(stream: Stream, settings: Settings, signal: AbortSignal): Promise<void> {
  const readers = new Map<string, ShardReader>();
  while (!signal.aborted) {
    // The next poll repeats one that fails, for example because the engine is busy.
    await addReaders(stream, readers, signal).catch(() => {});
    const open = [...readers.values()].filter((reader) => isOpen(reader, readers));
    const delivered = await Promise.all(open.map((reader) => advance(stream, reader, settings, signal)));
    if (!delivered.some(Boolean)) await sleep(settings.pollMs, undefined, { signal }).catch(() => {});
  }
}

/** @returns whether there was a batch to deliver */
async function advance(
  stream: Stream,
  reader: ShardReader,
  settings: Settings,
  signal: AbortSignal,
): Promise<boolean> {
  if (reader.pending.length === 0) await readShard(stream, reader, settings.batchSize, signal);
  if (reader.pending.length === 0 || Date.now() < reader.retryAtMs) return false;
  const processed = await processedCount({ Records: reader.pending }, settings.deliver, signal);
  reader.pending = reader.pending.slice(processed);
  if (reader.pending.length > 0) reader.retryAtMs = Date.now() + settings.retryMs;
  return true;
}

interface BatchResponse {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[];
}

/** The number of records before the first that the function reports as failed. */
async function processedCount(batch: StreamBatch, deliver: Deliver, signal: AbortSignal): Promise<number> {
  try {
    const response = (await deliver(batch, signal)) as BatchResponse | undefined;
    const failed = (response?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
      batch.Records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
    );
    // An identifier that isn't in the batch makes the whole batch fail.
    return Math.max(0, Math.min(batch.Records.length, ...failed));
  } catch {
    return 0;
  }
}
