import { setTimeout as sleep } from 'node:timers/promises';
import { followTable } from '../../sandbox/table-stream.ts';
import type { Lambda } from '../support/lambda.ts';
import type { Service } from '../support/service.ts';

/** How a refund came from one status to another; a new one has none before. */
type Move = [from: string | undefined, status: string | undefined];

interface Story {
  statuses: Move[];
  attempts: unknown[];
}

/** The stories, and what the table's stream has told of the same refunds. */
export interface Stories {
  numbers(): string[];
  changesOf(noRefund: string): Move[];
  /** The story once it is as long as the stream says. */
  whole(noRefund: string): Promise<Story | undefined>;
  stop(): Promise<void>;
}

interface Image {
  no_refund?: { S: string };
  status?: { S: string };
}

interface StreamRecord {
  dynamodb: { SequenceNumber: string; OldImage?: Image; NewImage?: Image };
}

interface Entry {
  code: string;
  from?: string;
  status?: string;
  attempt?: number;
}

const MOVES = /^refund\.(created|external|reapplied|rejected|initialized|processing|succeeded|failed)$/;

/** Of the batches, this part meets a function that is killed while it records them. */
const KILLED = 0.2;

/**
 * Records stories with the packaged function, which is killed at times; then the batch is delivered again.
 *
 * @returns undefined where the engine has no streams (no Java 17 on this machine)
 */
export async function followStories(service: Service): Promise<Stories | undefined> {
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, REFUNDS_TABLE: tableName } = service.sandbox.settings;
  const seen = new Map<string, StreamRecord>();
  const reader = await service.lambda('refund-history');
  let recorder: Lambda | undefined;
  const deliver = async (batch: unknown) => {
    for (const record of (batch as { Records: StreamRecord[] }).Records)
      seen.set(record.dynamodb.SequenceNumber, record);
    recorder ??= await service.lambda('record-refund-history');
    const recorded = recorder.invoke(batch);
    if (Math.random() >= KILLED) return recorded;
    recorded.catch(() => undefined);
    await sleep(Math.random() * 150);
    await recorder.stop();
    recorder = undefined;
    throw new Error('killed');
  };
  const stream = await followTable({ endpoint, tableName, pollMs: 1_000, retryMs: 50, deliver });
  if (!stream) return undefined;
  const changesOf = (noRefund: string) => movesIn([...seen.values()], noRefund);
  return {
    numbers: () => [...new Set([...seen.values()].map(numberOf))],
    changesOf,
    whole: async (noRefund) => {
      const story = await storyOf(reader, noRefund).catch(() => undefined);
      return story && story.statuses.length >= changesOf(noRefund).length ? story : undefined;
    },
    stop: () => stream.stop(),
  };
}

function numberOf({ dynamodb: { OldImage, NewImage } }: StreamRecord): string {
  return (NewImage ?? OldImage)?.no_refund?.S ?? '';
}

function movesIn(records: StreamRecord[], noRefund: string): Move[] {
  return records
    .filter((record) => numberOf(record) === noRefund)
    .map(({ dynamodb: { OldImage, NewImage } }): Move => [OldImage?.status?.S, NewImage?.status?.S])
    .filter(([from, status]) => from !== status);
}

async function storyOf(reader: Lambda, noRefund: string): Promise<Story> {
  const entries: Entry[] = [];
  let next: string | undefined;
  do {
    const page = await reader.invoke<{ entries: Entry[]; next?: string }>({ no_refund: noRefund, next });
    entries.push(...page.entries);
    next = page.next;
  } while (next);
  return {
    statuses: entries.filter(({ code }) => MOVES.test(code)).map(({ from, status }) => [from, status]),
    attempts: entries.filter(({ code }) => code === 'attempt.sent').map(({ attempt }) => attempt),
  };
}
