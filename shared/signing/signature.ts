import { type KeyObject, sign, verify } from 'node:crypto';
import { canonicalText, type Fields } from './fields.ts';

/** MD5withRSA, PKCS#1 v1.5: the only signature that the gateway's JSON APIs take. */
const ALGORITHM = 'RSA-MD5';

/** The only `sign_type` that this service speaks. */
const SIGN_TYPE = 'RSA';

/** The fields with `sign_type` and `sign` added. Deterministic: the same fields and key give the same text. */
export function signFields(fields: Fields, merchantKey: KeyObject): Fields {
  const typed = new Map(fields).set('sign_type', SIGN_TYPE);
  const signature = sign(ALGORITHM, Buffer.from(canonicalText(typed)), merchantKey);
  return typed.set('sign', signature.toString('base64'));
}

/**
 * Whether a message has a signature of the type that this service takes. `MD5` of an old interface is none: whoever knows
 * the shared secret can make it.
 */
export function hasSignature(fields: Fields): boolean {
  return Boolean(fields.get('sign')) && (fields.get('sign_type') || SIGN_TYPE) === SIGN_TYPE;
}

/** Whether a message's own signature verifies under any of the keys. The message doesn't choose the algorithm. */
export function isSignedBy(fields: Fields, keys: readonly KeyObject[]): boolean {
  const text = Buffer.from(canonicalText(fields));
  const signature = Buffer.from(fields.get('sign') ?? '', 'base64');
  return keys.some((key) => verify(ALGORITHM, text, key, signature));
}
