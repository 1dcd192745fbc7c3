import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyPair } from '../../sandbox/keys.ts';

/** A new RSA key pair. */
export function rsaKeyPair(modulusLength = 1024): KeyPair {
  return pemOf(generateKeyPairSync('rsa', { modulusLength }));
}

/** A new key pair on an elliptic curve, which the gateway doesn't support. */
export function curveKeyPair(): KeyPair {
  return pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
}

function pemOf(pair: { privateKey: KeyObject; publicKey: KeyObject }): KeyPair {
  return {
    privateKey: String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: String(pair.publicKey.export({ type: 'spki', format: 'pem' })),
  };
}
