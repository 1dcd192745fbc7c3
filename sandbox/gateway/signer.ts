import { createHash } from 'node:crypto';
import type { Seal } from './script.ts';
import { canonicalText, signed } from './signature.ts';
import type { Fields } from './wire.ts';

/** Holds the private keys and puts seals on messages. */
export class Signer {
  #gatewayKey: string;
  readonly #forgerKey: string;

  /** Both are PEM private keys. */
  constructor(gatewayKey: string, forgerKey: string) {
    this.#gatewayKey = gatewayKey;
    this.#forgerKey = forgerKey;
  }

  /** Signs with another PEM private key from now on, as after a key rotation. */
  signWith(gatewayKey: string): void {
    this.#gatewayKey = gatewayKey;
  }

  /** The fields with the signature that the seal stands for. */
  seal(fields: Fields, seal: Seal = 'gateway'): Fields {
    switch (seal) {
      case 'gateway':
        return signed(fields, this.#gatewayKey);
      case 'forger':
        return signed(fields, this.#forgerKey);
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
