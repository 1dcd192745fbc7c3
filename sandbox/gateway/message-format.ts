/** A message's fields, each with the text it has in the message: `200.10` stays `200.10`. */
export type Fields = Record<string, string>;

/** `sta_refund`: 0 initialized, 1 processing, 2 success, 3 failed. */
export type Status = '0' | '1' | '2' | '3';

// Leading zeros (0000, 01040000) aren't JSON.
const numberText = /^(0|[1-9]\d*)(\.\d+)?$/;

/** A message as JSON text; with `bareNumbers`, every value that can be is an unquoted number, as written. */
export function toJson(fields: Fields, bareNumbers = false): string {
  const pairs = Object.entries(fields).map(([key, value]) => {
    const text = bareNumbers && numberText.test(value) ? value : JSON.stringify(value);
    return `${JSON.stringify(key)}:${text}`;
  });
  return `{${pairs.join(',')}}`;
}

/** The JSON object in `body`, or undefined where it is anything else or isn't UTF-8. */
export function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
