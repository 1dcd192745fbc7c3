import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { z } from 'zod';
import { settings } from './settings.ts';

const MAX_AGE_SECONDS = 300;

const merchantSecret = z.object({ private_key: z.string() });
const lianlianSecret = z.object({ public_keys: z.array(z.string()).min(1) });

/** The merchant's private key. */
export const merchantKey = keyOf(settings.MERCHANT_KEY_SECRET_ID, (secret) =>
  createPrivateKey(merchantSecret.parse(JSON.parse(secret)).private_key),
);

/** The gateway's public keys: several while it changes its key. */
export const lianlianKeys = keyOf(settings.LIANLIAN_KEY_SECRET_ID, (secret): KeyObject[] =>
  lianlianSecret.parse(JSON.parse(secret)).public_keys.map((key) => createPublicKey(key)),
);

/** Parses a secret once for each text that it has. */
function keyOf<T>(secretId: string, parse: (secret: string) => T): () => Promise<T> {
  let parsed: { secret: string; is: T } | undefined;
  return async () => {
    const secret = await getSecret(secretId, { maxAge: MAX_AGE_SECONDS });
    if (typeof secret !== 'string') throw new Error(`The secret ${secretId} has no text`);
    if (parsed?.secret !== secret) parsed = { secret, is: parse(secret) };
    return parsed.is;
  };
}
