import { isUint8Array } from 'node:util/types';
import type { _Record } from '@aws-sdk/client-dynamodb-streams';

/** A batch in the form that Lambda passes to a function. */
export interface StreamBatch {
  readonly Records: readonly { readonly dynamodb: { readonly SequenceNumber: string } }[];
}

/** A record in the form that Lambda passes to a function: JSON, so a time is seconds and a binary value is base64. */
export function toLambdaRecord(record: _Record, eventSourceARN: string): StreamBatch['Records'][number] {
  const { ApproximateCreationDateTime, SequenceNumber = '', ...images } = record.dynamodb ?? {};
  const seconds = ApproximateCreationDateTime && ApproximateCreationDateTime.getTime() / 1_000;
  const dynamodb = { ...(base64In(images) as object), SequenceNumber, ApproximateCreationDateTime: seconds };
  return { ...record, eventSourceARN, dynamodb } as StreamBatch['Records'][number];
}

/** A copy with base64 in the place of bytes. */
function base64In(value: unknown): unknown {
  if (isUint8Array(value)) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(base64In);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, base64In(part)]));
}
