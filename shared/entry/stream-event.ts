import type { ChangeRecord } from '../app/ports/change-record.ts';
import { isLeaseKey } from '../app/ports/runs.ts';
import type { Refund } from '../domain/refund.ts';

/** What is read of a change in the table's stream. */
interface StreamRecord {
  eventSourceARN?: string;
  dynamodb?: {
    SequenceNumber?: string;
    /** Epoch seconds. */
    ApproximateCreationDateTime?: number;
    OldImage?: object;
    NewImage?: object;
  };
}

/** A batch of the table's stream, or of what else a function is given in batches. */
export interface Batch<Other = object> {
  Records?: (StreamRecord & Partial<Other>)[];
}

/** The answer that has Lambda hand in again what failed. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** An image of the stream as the record that it is. */
export type RecordIn = (image: object) => Refund;

/** @param failed the ids of what is to be handed in again */
export function batchResponse(failed: readonly string[]): BatchResponse {
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** The changes of records in a batch. The leases of reconciliation, which are in the table too, tell nobody anything. */
export function changesIn({ Records = [] }: Batch, recordIn: RecordIn): ChangeRecord[] {
  const changes = Records.flatMap(({ eventSourceARN = '', dynamodb }) => {
    if (!dynamodb) return [];
    const { SequenceNumber: id = '', ApproximateCreationDateTime, OldImage, NewImage } = dynamodb;
    return [
      {
        id,
        streamLabel: streamLabelIn(eventSourceARN),
        happenedAtMs: (ApproximateCreationDateTime ?? Number.POSITIVE_INFINITY) * 1000,
        before: OldImage && recordIn(OldImage),
        after: NewImage && recordIn(NewImage),
      },
    ];
  });
  return changes.filter(({ before, after }) => !isLeaseKey((after ?? before)?.no_refund));
}

/** The moment when a stream was made, as its ARN ends: `…:table/NAME/stream/2026-01-05T02:00:00.000`. */
function streamLabelIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
