import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An RSA key pair as PEM text: PKCS#8 and SPKI. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** The published key pairs of the sandbox. Never use them for real money: see `keys/README.md`. */
export interface SandboxKeys {
  readonly merchant: KeyPair;
  readonly gateway: KeyPair;
  readonly untrusted: KeyPair;
}

/**
 * Reads the sandbox's key pairs.
 * @param folder where the PEM files are; by default `sandbox/keys` below the working directory
 */
export function readSandboxKeys(folder = join(process.cwd(), 'sandbox', 'keys')): SandboxKeys {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const pair = (name: string) => ({
    privateKey: read(`${name}-private.pem`),
    publicKey: read(`${name}-public.pem`),
  });
  return { merchant: pair('merchant'), gateway: pair('gateway'), untrusted: pair('untrusted') };
}
