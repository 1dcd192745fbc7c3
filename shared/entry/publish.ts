import type { PublishContext } from '../app/ports.ts';
import { type Change, publishChanges } from '../app/publish.ts';
import type { Refund } from '../domain/refund.ts';
import { type Handler, handlerBehind, type Services } from './door.ts';
import { jsonAnswer } from './http-event.ts';

/** What is read of a DynamoDB stream's batch. */
interface StreamEvent {
  Records?: { dynamodb?: { SequenceNumber?: string; OldImage?: object; NewImage?: object } }[];
}

/** The answer that has Lambda hand in again what failed, and only from there on. */
interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** What `publish-refund-events` is started with, once per container. */
export interface PublishServices extends Services<PublishContext> {
  /** An image of the stream as the record that it is. */
  recordIn(image: object): Refund;
}

/** The handler of `publish-refund-events`: a batch of the table's stream in, what failed out. */
export function publishHandler({ open, logFor, recordIn }: PublishServices): Handler {
  return handlerBehind<StreamEvent, BatchResponse>(
    {
      logFor,
      fromHttp: () => ({}),
      fromDirect: (event) => event as StreamEvent,
      toHttp: (response) => jsonAnswer(200, response),
    },
    async (event, invocation) => {
      const failed = await publishChanges(open(invocation), changesIn(event, recordIn));
      return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
    },
  );
}

function changesIn({ Records = [] }: StreamEvent, recordIn: PublishServices['recordIn']): Change[] {
  return Records.flatMap(({ dynamodb: { SequenceNumber: id = '', OldImage, NewImage } = {} }) =>
    NewImage ? [{ id, before: OldImage && recordIn(OldImage), after: recordIn(NewImage) }] : [],
  );
}
