import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Attributes, KeySchema } from './items.ts';

/** What the engine tells about a table. */
export interface TableDescription {
  readonly TableName: string;
  readonly TableArn: string;
  readonly KeySchema: KeySchema;
}

/** The changes of a table's items, in the order of the writes, as records of its stream. */
export class ChangeLog {
  readonly table: TableDescription;
  readonly viewType: string;
  readonly createdAt = new Date();
  readonly label = this.createdAt.toISOString().replace('Z', '');
  readonly arn: string;
  readonly records: object[] = [];

  constructor(table: TableDescription, viewType: string) {
    this.table = table;
    this.viewType = viewType;
    this.arn = `${table.TableArn}/stream/${this.label}`;
  }

  /** Adds what a write has changed. As in DynamoDB, a write that leaves the item as it was makes no record. */
  add(Keys: Attributes, before: Attributes | undefined, after: Attributes | undefined): void {
    if (isDeepStrictEqual(before, after)) return;
    this.records.push({
      eventID: randomUUID(),
      eventName: eventNameOf(before, after),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.arn.split(':')[3],
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(Date.now() / 1_000),
        Keys,
        OldImage: this.viewType.includes('OLD') ? before : undefined,
        NewImage: this.viewType.includes('NEW') ? after : undefined,
        SequenceNumber: sequenceNumber(this.records.length),
        StreamViewType: this.viewType,
      },
    });
  }
}

/** The sequence number of the record at an index, as long as DynamoDB's. */
export function sequenceNumber(index: number): string {
  return String(index + 1).padStart(21, '0');
}

function eventNameOf(before: Attributes | undefined, after: Attributes | undefined): string {
  if (!before) return 'INSERT';
  return after ? 'MODIFY' : 'REMOVE';
}
