import { type KeyObject, sign, verify } from 'node:crypto';

export type Fields = Record<string, string>;

/** The text that LianLian signs: all fields but `sign` and the empty ones, sorted, as `key=value`, joined with `&`. */
function signedText(fields: Fields): Buffer {
  const text = Object.keys(fields)
    .filter((key) => key !== 'sign' && fields[key] !== '')
    .sort()
    .map((key) => `${key}=${fields[key]}`)
    .join('&');
  return Buffer.from(text);
}

export function signed(fields: Fields, key: KeyObject): Fields {
  const typed = { ...fields, sign_type: 'RSA' };
  return { ...typed, sign: sign('RSA-MD5', signedText(typed), key).toString('base64') };
}

export function isAuthentic(fields: Fields, keys: KeyObject[]): boolean {
  const signature = Buffer.from(fields.sign ?? '', 'base64');
  return keys.some((key) => verify('RSA-MD5', signedText(fields), key, signature));
}
