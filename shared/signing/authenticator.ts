import type { KeyObject } from 'node:crypto';
import type { Cached } from './cached.ts';
import type { Fields } from './fields.ts';
import { hasSignature, isSignedBy } from './signature.ts';

/** Tells whether the gateway signed a message. Throws only where its keys can't be had at all. */
export type Authenticator = (fields: Fields) => Promise<boolean>;

/**
 * Verifies under the gateway's keys. A message that doesn't verify may be signed by a key that was added since
 * they were fetched: it has them fetched again, every 30 s at most.
 */
export function authenticator(keys: Cached<KeyObject[]>): Authenticator {
  return async (fields) => {
    if (!hasSignature(fields)) return false;
    if (isSignedBy(fields, await keys.get())) return true;
    const newer = await keys.refetch();
    return newer !== undefined && isSignedBy(fields, newer);
  };
}
