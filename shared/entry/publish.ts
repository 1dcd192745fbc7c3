import type { Dependencies, PublishContext } from '../app/ports/context.ts';
import type { DeadLetter } from '../app/ports/publishing.ts';
import { publishChanges, replayDeadLetters } from '../app/publish.ts';
import type { ChangeRecord } from '../app/publishing/change-records.ts';
import type { Refund } from '../domain/refund.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { jsonAnswer } from './http-event.ts';

/** What is read of a batch of the table's stream, and of a batch of dead letters from their queue. */
interface Batch {
  Records?: {
    dynamodb?: {
      SequenceNumber?: string;
      /** Epoch seconds. */
      ApproximateCreationDateTime?: number;
      OldImage?: object;
      NewImage?: object;
    };
    messageId?: string;
    body?: string;
  }[];
}

/** The answer that has Lambda hand in again what failed. */
interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** What `publish-refund-events` is started with, once per container. */
export interface PublishDependencies extends Dependencies<PublishContext> {
  /** An image of the stream as the record that it is. */
  recordIn(image: object): Refund;
}

/** The handler of `publish-refund-events`: a batch of changes or of dead letters in, what failed out. */
export function publishHandler({ contextFor, logFor, recordIn }: PublishDependencies): Handler {
  return adaptHandler<Batch, BatchResponse>(
    {
      logFor,
      fromDirect: (event) => event as Batch,
      http: { read: () => ({}), answer: (response) => jsonAnswer(200, response) },
    },
    async (batch, invocation) => {
      const ctx = contextFor(invocation);
      const { letters, unreadable } = lettersIn(batch);
      for (const message_id of unreadable) {
        ctx.log('dead_letter.foreign', { message_id });
      }
      const failed = [
        ...(await publishChanges(ctx, changesIn(batch, recordIn))),
        ...(await replayDeadLetters(ctx, letters)),
        ...unreadable,
      ];
      return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
    },
  );
}

function changesIn({ Records = [] }: Batch, recordIn: PublishDependencies['recordIn']): ChangeRecord[] {
  return Records.flatMap(({ dynamodb }) => {
    if (!dynamodb) return [];
    const { SequenceNumber: id = '', ApproximateCreationDateTime, OldImage, NewImage } = dynamodb;
    const happenedAtMs = (ApproximateCreationDateTime ?? Number.POSITIVE_INFINITY) * 1000;
    return [
      {
        id,
        happenedAtMs,
        before: OldImage && recordIn(OldImage),
        after: NewImage && recordIn(NewImage),
      },
    ];
  });
}

interface Letters {
  letters: { id: string; letter: DeadLetter }[];
  /** The ids of messages that somebody else has put there: a replay would take them for published. */
  unreadable: string[];
}

function lettersIn({ Records = [] }: Batch): Letters {
  const found: Letters = { letters: [], unreadable: [] };
  for (const { messageId: id, body } of Records) {
    if (id === undefined) continue;
    const letter = letterIn(body);
    if (letter) found.letters.push({ id, letter });
    else found.unreadable.push(id);
  }
  return found;
}

function letterIn(body = ''): DeadLetter | undefined {
  try {
    const letter = JSON.parse(body) as Partial<DeadLetter> | null;
    return isDeadLetter(letter) ? letter : undefined;
  } catch {
    return undefined;
  }
}

function isDeadLetter(letter: Partial<DeadLetter> | null): letter is DeadLetter {
  const { refund, event, isWaitedFor } = letter ?? {};
  return (
    typeof refund?.no_refund === 'string' &&
    typeof isWaitedFor === 'boolean' &&
    (event === undefined || typeof event?.event_id === 'string')
  );
}
