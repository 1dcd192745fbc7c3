/** The size of an item as DynamoDB counts it, rounded up where it counts less: names and values. */
export function itemBytes(item: object): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'boolean') return 1;
  // One byte for two significant digits, and one or two more.
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.length;
  // A map has 3 bytes of its own, and one for each entry.
  return 3 + itemBytes(value as object) + Object.keys(value as object).length;
}
