import { sign as rsaSign, verify as rsaVerify } from 'node:crypto';
import type { Fields } from './message-format.ts';

/** The text that is signed: all fields but `sign` and empty ones, sorted in code unit order, `key=value` by `&`. */
export function canonicalText(fields: Fields): string {
  return Object.keys(fields)
    .filter((key) => key !== 'sign' && fields[key] !== '')
    .sort()
    .map((key) => `${key}=${fields[key]}`)
    .join('&');
}

/** The fields with `sign_type` RSA and `sign` (RSA with MD5, base64) under a PEM private key. */
export function signed(fields: Fields, privateKey: string): Fields {
  const complete = { ...fields, sign_type: 'RSA' };
  const sign = rsaSign('RSA-MD5', Buffer.from(canonicalText(complete)), privateKey);
  return { ...complete, sign: sign.toString('base64') };
}

/** Whether the message says RSA and its `sign` verifies under a PEM public key. */
export function isAuthentic(fields: Fields, publicKey: string): boolean {
  if (fields.sign_type !== 'RSA' || !fields.sign) return false;
  const sign = Buffer.from(fields.sign, 'base64');
  return rsaVerify('RSA-MD5', Buffer.from(canonicalText(fields)), publicKey, sign);
}
