import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RecordHistoryContext } from '../../shared/app/ports/context.ts';
import { recordHistory } from '../../shared/app/record-history.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { StoryEntry } from '../../shared/domain/story.ts';
import { type Batch, changesIn } from '../../shared/entry/stream-event.ts';
import { unpackText } from '../../shared/gateway/packed-text.ts';
import { historyWriter } from '../../shared/store/history-store.ts';
import { stopFaults } from './faults.ts';
import { logOf } from './log.ts';
import type { Process } from './process.ts';
import { remoteCall } from './publishing.ts';
import type { World } from './world.ts';

/** As in serverless.yml. */
const BATCH = 25;
const TIMEOUT_MS = 60_000;

/** From then on no fault begins: everything gets through. */
const FAULTY_DELIVERIES = 6;
const MAX_DELIVERIES = 200;

const NEVER = new AbortController().signal;

const ODDS = [0, 0, 0.3, 1];

type StreamRecord = NonNullable<Batch['Records']>[number];

/** The table of stories: by number the items, each by its position. */
export class StoryTable {
  readonly stories = new Map<string, Map<string, StoryEntry[]>>();
  /** What was written over, though nothing that is there may ever be. */
  overwritten: string | undefined;

  /** Returns whether the condition held. */
  put({ Item = {}, ConditionExpression }: PutItemCommand['input']): boolean {
    const { no_refund: { S: noRefund = '' } = {}, position: { S: position = '' } = {}, entries } = Item;
    const story = this.stories.get(noRefund) ?? new Map<string, StoryEntry[]>();
    const isThere = story.has(position);
    if (isThere && ConditionExpression === 'attribute_not_exists(no_refund)') return false;
    if (isThere) this.overwritten = `${noRefund} at ${position}`;
    story.set(position, JSON.parse(entries?.S ?? '[]') as StoryEntry[]);
    this.stories.set(noRefund, story);
    return true;
  }

  /** All entries of a story, as its reader gets them: in the order of the positions as texts. */
  entriesOf(noRefund: string): StoryEntry[] {
    const items = [...(this.stories.get(noRefund) ?? [])];
    return items.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, entries]) => entries);
  }
}

/**
 * The stream's second consumer records the stories. It reads and writes nothing that anybody else in the world sees: so
 * it runs after everything else, over all that the stream has told, and the worlds with it are the same as without it.
 */
export async function recordStories(world: World): Promise<void> {
  const { random, faults, scheduler, checks, history } = world;
  history.add('world', () => 'the stories are recorded');
  faults.crash = 0.4 * random.pick(ODDS);
  faults.freeze = 0.6 * random.pick(ODDS);
  const odds = { tableDown: 0.5 * random.pick(ODDS), again: 0.3 * random.pick(ODDS) };
  const table = new StoryTable();
  changeByHand(world);
  const pending = recordsOf(world);
  let deliveries = 0;
  let size = BATCH;
  deliver();
  while (scheduler.nextAtMs !== undefined && !checks.violation) await scheduler.step();
  checks.onStories(table);

  function deliver(): void {
    deliveries += 1;
    if (deliveries === FAULTY_DELIVERIES) {
      stopFaults(faults);
      Object.assign(odds, { tableDown: 0, again: 0 });
    }
    if (deliveries > MAX_DELIVERIES) {
      checks.fail('the stories are never complete');
      return;
    }
    const batch = batchOf(pending, Math.min(size, random.pick([BATCH, random.between(1, BATCH)])));
    world.record(
      TIMEOUT_MS,
      contextOf(world, table, odds),
      (ctx) =>
        recordHistory(
          ctx,
          changesIn({ Records: batch }, (image) => image as never),
        ),
      (outcome) => {
        const failed = outcome.type === 'answer' ? outcome.value : undefined;
        const first = failed ? batch.findIndex(({ dynamodb }) => failed.includes(idOf(dynamodb))) : 0;
        const isAgain = random.chance(odds.again);
        if (first >= 0 || isAgain) world.reach('a batch of changes is recorded again');
        if (!isAgain) pending.splice(0, first < 0 ? batch.length : first);
        size = failed ? BATCH : Math.ceil(batch.length / 2);
        if (pending.length > 0) scheduler.after(random.between(1, 1_000), deliver);
      },
    );
  }
}

/** Between the changes of others somebody puts something into a record that the service never would. */
function changeByHand({ random, checks }: World): void {
  const { changes } = checks.stories;
  const place = random.between(0, changes.length - 1);
  const { after } = changes[place] ?? {};
  if (!after || !random.chance(0.3)) return;
  const { no_refund: noRefund } = after;
  const [byHand, before, changed] = random.pick<['foreign' | 'unreadable', object, object]>([
    ['foreign', { reference: 'T-1' }, { reference: 'T-2' }],
    ['foreign', { unsettled: true }, { unsettled: undefined }],
    ['unreadable', { next_check_at: 1 }, { next_check_at: 'soon' }],
    ['unreadable', {}, { message: { packed: Buffer.from('not packed'), via: 'query', at: 0 } }],
  ]);
  changes.splice(place + 1, 0, {
    ...{ noRefund, byHand, happenedAtMs: changes[place]?.happenedAtMs ?? 0 },
    ...{ before: { ...after, ...before }, after: { ...after, ...before, ...changed } as Refund },
    ...{ writer: undefined, isOwnCheck: false },
  });
}

/** The next changes of one stream. */
function batchOf(pending: StreamRecord[], size: number): StreamRecord[] {
  const other = pending.findIndex(({ eventSourceARN }) => eventSourceARN !== pending[0]?.eventSourceARN);
  return pending.slice(0, Math.min(size, other < 0 ? size : other));
}

const idOf = (dynamodb: StreamRecord['dynamodb']): string => dynamodb?.SequenceNumber ?? '';

function contextOf(world: World, table: StoryTable, odds: { tableDown: number }) {
  return (process: Process): RecordHistoryContext => {
    const send = async ({ input }: PutItemCommand) => {
      const { deadlineMs } = process;
      const isWritten = await remoteCall(world, process, odds.tableDown, deadlineMs, () => table.put(input));
      if (!isWritten) throw new ConditionalCheckFailedException({ message: 'it is there', $metadata: {} });
    };
    const client = { send } as unknown as DynamoDBClient;
    return {
      history: historyWriter(client, 'stories', NEVER),
      unpack: unpackText,
      log: logOf(world, process),
    };
  };
}

/**
 * The changes as Lambda hands them in. The numbers of a stream have gaps, and grow in length. In some worlds the table is
 * restored in between: its new stream begins anew.
 */
function recordsOf({ random, checks }: World): StreamRecord[] {
  const { changes } = checks.stories;
  const restoredAt = random.chance(0.3) ? random.between(1, changes.length) : changes.length;
  const isReordered = random.chance(0.3);
  let number = random.pick([0, 5, 9_990]);
  return changes.map(({ before, after, happenedAtMs }, place) => {
    number = place === restoredAt ? 1 : number + random.between(1, 3);
    const label = place < restoredAt ? '2026-01-05T02:00:00.000' : '2026-01-06T00:00:00.000';
    return {
      eventSourceARN: `arn:aws:dynamodb:ap-east-1:1:table/refunds/stream/${label}`,
      dynamodb: {
        SequenceNumber: String(number),
        ApproximateCreationDateTime: Math.floor(happenedAtMs / 1_000),
        ...(before && { OldImage: isReordered ? reordered(before) : before }),
        ...(after && { NewImage: after }),
      },
    };
  });
}

/** The same record: a map has no order. */
function reordered(record: Refund): Refund {
  const turned = Object.entries(record).map(([field, value]) => [
    field,
    typeof value === 'object' ? Object.fromEntries(Object.entries(value).reverse()) : value,
  ]);
  return Object.fromEntries(turned) as Refund;
}
