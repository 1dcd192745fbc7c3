import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const secret = () => randomBytes(24).toString('base64url');

/**
 * Lets in the browser of whoever has the link that the command prints, and nobody else on this machine: the console acts
 * with the operator's rights. The link's code works once, since a browser's command line and its history show it; what
 * it is exchanged for stays in the browser, for this address alone (a cookie would go to every port).
 */
export class Access {
  readonly #key = secret();
  #code: string | undefined = secret();

  /** What the link ends with. */
  get fragment(): string {
    return `#key=${this.#code}`;
  }

  /** @returns the key, for the link's code; `undefined` for another one, and once it has been used */
  redeem(code: unknown): string | undefined {
    if (typeof code !== 'string' || this.#code === undefined || !isSame(code, this.#code)) return undefined;
    this.#code = undefined;
    return this.#key;
  }

  allows({ authorization = '' }: IncomingHttpHeaders): boolean {
    return isSame(authorization, `Bearer ${this.#key}`);
  }
}

/** Compares in constant time. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
