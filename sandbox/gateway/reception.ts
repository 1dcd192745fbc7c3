import { queryRequestFault, refundRequestFault } from './request-rules.ts';
import { isAuthentic } from './signature.ts';
import { type Fields, parseObject } from './wire.ts';

/** What became of a request at the door: believed, or refused with a return code. */
export type Received =
  | { readonly accepted: true; readonly fields: Fields }
  | { readonly accepted: false; readonly fields: Fields; readonly code: string; readonly detail?: string };

export interface Merchant {
  readonly oidPartner: string;
  /** PEM. */
  readonly publicKey: string;
}

/** Reads a request and checks its form, its merchant, its signature and its fields, in this order. */
export function receive(
  body: Uint8Array,
  contentType: string,
  isQuery: boolean,
  merchant: Merchant,
): Received {
  const message = parseObject(body);
  const refuse = (code: string, detail?: string): Received => ({
    accepted: false,
    fields: textsOf(message),
    code,
    ...(detail !== undefined && { detail }),
  });

  if (!/^application\/json\b/i.test(contentType))
    return refuse('1012', 'Content-Type must be application/json');
  if (!message) return refuse('1012', 'the body must be a JSON object in UTF-8');
  const notText = Object.keys(message).find((name) => typeof message[name] !== 'string');
  if (notText !== undefined) return refuse('1004', `${notText} must be a string`);

  const fields = textsOf(message);
  if (fields.oid_partner === undefined) return refuse('1004', 'oid_partner is required');
  if (fields.oid_partner !== merchant.oidPartner) return refuse('3001');
  if (!isAuthentic(fields, merchant.publicKey)) return refuse('1001');
  const fault = isQuery ? queryRequestFault(fields) : refundRequestFault(fields);
  return fault === undefined ? { accepted: true, fields } : refuse('1004', fault);
}

function textsOf(message: Record<string, unknown> = {}): Fields {
  return Object.fromEntries(
    Object.entries(message).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
