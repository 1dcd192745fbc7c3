import type { DeadLetter, PublishContext, Services } from '../app/ports.ts';
import { type Change, publishChanges, replayDeadLetters } from '../app/publish.ts';
import type { Refund } from '../domain/refund.ts';
import { type Handler, handlerBehind } from './door.ts';
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
export interface PublishServices extends Services<PublishContext> {
  /** An image of the stream as the record that it is. */
  recordIn(image: object): Refund;
}

/** The handler of `publish-refund-events`: a batch of changes or of dead letters in, what failed out. */
export function publishHandler({ open, logFor, recordIn }: PublishServices): Handler {
  return handlerBehind<Batch, BatchResponse>(
    {
      logFor,
      fromDirect: (event) => event as Batch,
      http: { read: () => ({}), answer: (response) => jsonAnswer(200, response) },
    },
    async (batch, invocation) => {
      const ctx = open(invocation);
      const { letters, unreadable } = lettersIn(batch);
      for (const message_id of unreadable) {
        ctx.log.error('a message is no dead letter of this function: it stays in its queue', { message_id });
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

function changesIn({ Records = [] }: Batch, recordIn: PublishServices['recordIn']): Change[] {
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
  /** The ids of messages that somebody else has put there: a replay would take them for told. */
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
