import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A record's values, and nothing else that DynamoDB knows; the SDK's own converter has five times the size. */
export type Value = string | number | boolean | object;

/** A value in DynamoDB's form. */
export function toAttributeValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  return { M: toItem(value) };
}

/** An object's fields in DynamoDB's form; a field that is `undefined` is left out. */
export function toItem(fields: object): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) item[field] = toAttributeValue(value);
  }
  return item;
}

/** The fields of an item. */
export function fromItem(item: Record<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([field, value]) => [field, fromAttributeValue(value)]));
}

function fromAttributeValue({ S, N, BOOL, B, M }: AttributeValue): unknown {
  if (B !== undefined) return bytesIn(B);
  return S ?? (N === undefined ? (BOOL ?? fromItem(M ?? {})) : Number(N));
}

/** The SDK has bytes; an event of the table's stream, which is JSON, has base64. */
function bytesIn(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : Uint8Array.from(Object.values(bytes));
}
