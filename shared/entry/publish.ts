import type { DeadLetter, PublishContext } from '../app/ports.ts';
import { type Change, publishChanges, replayDeadLetters } from '../app/publish.ts';
import type { Refund } from '../domain/refund.ts';
import { type Handler, handlerBehind, type Services } from './door.ts';
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
      fromHttp: () => ({}),
      fromDirect: (event) => event as Batch,
      toHttp: (response) => jsonAnswer(200, response),
    },
    async (batch, invocation) => {
      const ctx = open(invocation);
      const failed = [
        ...(await publishChanges(ctx, changesIn(batch, recordIn))),
        ...(await replayDeadLetters(ctx, lettersIn(batch))),
      ];
      return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
    },
  );
}

function changesIn({ Records = [] }: Batch, recordIn: PublishServices['recordIn']): Change[] {
  return Records.flatMap(({ dynamodb }) => {
    const { SequenceNumber: id = '', ApproximateCreationDateTime, OldImage, NewImage } = dynamodb ?? {};
    // Without a new image a record was deleted, which nobody here does.
    if (!NewImage) return [];
    const happenedAtMs = (ApproximateCreationDateTime ?? Number.POSITIVE_INFINITY) * 1000;
    return [{ id, happenedAtMs, before: OldImage && recordIn(OldImage), after: recordIn(NewImage) }];
  });
}

function lettersIn({ Records = [] }: Batch): { id: string; letter: DeadLetter }[] {
  return Records.flatMap(({ messageId, body }) =>
    messageId && body ? [{ id: messageId, letter: JSON.parse(body) as DeadLetter }] : [],
  );
}
