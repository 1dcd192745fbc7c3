import { type Fields, parseObject } from './message-format.ts';
import { queryRequestFault, refundRequestFault } from './request-rules.ts';
import { isAuthentic } from './signature.ts';

/** A request after its validation: valid, or rejected with a return code. */
export type ValidatedRequest =
  | { readonly valid: true; readonly fields: Fields }
  | { readonly valid: false; readonly fields: Fields; readonly code: string; readonly detail?: string };

export interface Merchant {
  readonly oidPartner: string;
  /** PEM. */
  readonly publicKey: string;
}

/** Parses a request and checks its form, its merchant, its signature and its fields, in this order. */
export function validateRequest(
  body: Uint8Array,
  contentType: string,
  isQuery: boolean,
  merchant: Merchant,
): ValidatedRequest {
  const message = parseObject(body);
  const reject = (code: string, detail?: string): ValidatedRequest => ({
    valid: false,
    fields: textsOf(message),
    code,
    ...(detail !== undefined && { detail }),
  });

  if (!/^application\/json\b/i.test(contentType))
    return reject('1012', 'Content-Type must be application/json');
  if (!message) return reject('1012', 'the body must be a JSON object in UTF-8');
  const notText = Object.keys(message).find((name) => typeof message[name] !== 'string');
  if (notText !== undefined) return reject('1004', `${notText} must be a string`);

  const fields = textsOf(message);
  if (fields.oid_partner === undefined) return reject('1004', 'oid_partner is required');
  if (fields.oid_partner !== merchant.oidPartner) return reject('3001');
  if (!isAuthentic(fields, merchant.publicKey)) return reject('1001');
  const fault = isQuery ? queryRequestFault(fields) : refundRequestFault(fields);
  return fault === undefined ? { valid: true, fields } : reject('1004', fault);
}

function textsOf(message: Record<string, unknown> = {}): Fields {
  return Object.fromEntries(
    Object.entries(message).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
