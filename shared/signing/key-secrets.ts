import type { KeyObject } from 'node:crypto';
import { parsePrivateKey, parsePublicKey } from './keys.ts';

/**
 * The merchant's key out of the text of its secret: `{"private_key": "…"}` or the bare key.
 *
 * @throws Error that says what to store instead
 */
export function merchantKeyOf(secret: string): KeyObject {
  const stored = objectIn(secret);
  const text = stored ? stored.private_key : secret;
  if (typeof text !== 'string')
    throw new Error("has no text 'private_key'; store the private key under that name");
  return parsePrivateKey(text);
}

/**
 * The gateway's keys out of the text of their secret: `{"public_keys": ["…", …]}` or one bare key. Several serve
 * while the gateway changes its key: a message is authentic under any of them.
 *
 * @throws Error that says what to store instead
 */
export function lianlianKeysOf(secret: string): KeyObject[] {
  const stored = objectIn(secret);
  const texts = stored ? stored.public_keys : [secret];
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    throw new Error("has no list 'public_keys' of texts; store the gateway's public keys under that name");
  }
  return texts.map(parsePublicKey);
}

function objectIn(secret: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(secret);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
