/** The fields of a message on the wire, each with the text that it has there. */
export type Fields = ReadonlyMap<string, string>;

/**
 * Reads a message. A number keeps the text it came with (`200.10` must not become `200.1`: it is signed), `null`
 * is left out, as the signature does. Of a field that comes twice the last counts, here and for the signature alike: an
 * earlier one has no effect, and refusing the message could lose something that the gateway did sign.
 *
 * @returns `undefined` where the text isn't a flat JSON object
 */
export function parseFields(json: string): Fields | undefined {
  // Most messages have texts alone. Looking at the source of each value takes several times as long.
  return fieldsIn(parse(json)) ?? fieldsIn(parse(json, keepSource));
}

function fieldsIn(message: unknown): Fields | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  const present = Object.entries(message).filter(([, value]) => value !== null);
  return present.every(([, value]) => typeof value === 'string') ? new Map(present) : undefined;
}

function parse(json: string, reviver?: typeof keepSource): unknown {
  try {
    return JSON.parse(json, reviver as (key: string, value: unknown) => unknown);
  } catch {
    // Not JSON, or nested so deep that the reviver ran out of stack.
    return undefined;
  }
}

function keepSource(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? context.source : value;
}

/**
 * The text that is signed: every field but `sign` and the empty ones, as `key=value`, in code unit order, joined
 * with `&` (the gateway's signature rules; no URL encoding).
 */
export function canonicalText(fields: Fields): string {
  return [...fields.keys()]
    .filter((key) => key !== 'sign' && fields.get(key) !== '')
    .sort()
    .map((key) => `${key}=${fields.get(key)}`)
    .join('&');
}

/** The known fields that come right after `ret_msg` in the signed text: it could swallow them, and verify still. */
const SWALLOWED_FIELD = /&(settle_date|sign_type|sta_refund)=/;

/**
 * Whether the signed text could be cut into other fields than these: an `&` or `=` in a key, or an `&` in a value.
 * The gateway's own prose (`ret_msg`) may have `&`, but no field that is signed after it.
 */
export function isAmbiguous(fields: Fields): boolean {
  return [...fields].some(([key, value]) => {
    if (key === 'ret_msg') return SWALLOWED_FIELD.test(value);
    return /[&=]/.test(key) || (value.includes('&') && key !== 'sign');
  });
}
