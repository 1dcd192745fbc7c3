import { createHash } from 'node:crypto';
import type { Fields } from './message-format.ts';
import type { SignatureKind } from './scenario.ts';
import { canonicalText, signed } from './signature.ts';

/** Holds the private keys and signs messages, on request with an invalid or untrusted signature. */
export class Signer {
  #gatewayKey: string;
  readonly #untrustedKey: string;

  /** Both are PEM private keys. */
  constructor(gatewayKey: string, untrustedKey: string) {
    this.#gatewayKey = gatewayKey;
    this.#untrustedKey = untrustedKey;
  }

  /** Signs with another PEM private key from now on, as after a key rotation. */
  signWith(gatewayKey: string): void {
    this.#gatewayKey = gatewayKey;
  }

  /** The fields with a signature of that kind. */
  sign(fields: Fields, kind: SignatureKind = 'gateway'): Fields {
    switch (kind) {
      case 'gateway':
        return signed(fields, this.#gatewayKey);
      case 'untrusted':
        return signed(fields, this.#untrustedKey);
      case 'md5':
        return md5Signed(fields);
      case 'none':
        return fields;
    }
  }
}

function md5Signed(fields: Fields): Fields {
  const complete = { ...fields, sign_type: 'MD5' };
  return { ...complete, sign: createHash('md5').update(canonicalText(complete)).digest('hex') };
}
