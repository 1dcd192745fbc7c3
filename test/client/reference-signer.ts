import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../client/index.ts';
import type { Received } from './scripted-server.ts';

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

/** Where a signature holds. */
interface Scope {
  region: string;
  service: string;
}

/** The names of the headers that a request says are signed. */
export function signedNamesOf({ authorization = '' }: IncomingHttpHeaders): string[] {
  return /SignedHeaders=([^,\s]+)/.exec(authorization)?.[1]?.split(';') ?? [];
}

/** The authorization that the SDK's own signer gives a request, as it came over the socket. */
export async function referenceAuthorization(
  { method, url, headers, body }: Received,
  credentials: Credentials,
  { region, service }: Scope,
): Promise<string> {
  const { pathname, searchParams } = new URL(url, 'http://any');
  const sent = signedNamesOf(headers).flatMap((name) =>
    headers[name] ? [[name, String(headers[name])]] : [],
  );
  const date = String(headers['x-amz-date']).replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const signer = new SignatureV4({
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
    credentials: {
      ...credentials,
      ...(!credentials.sessionToken && { sessionToken: undefined }),
    } as never,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: String(headers.host),
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(sent),
      body,
    },
    { signingDate: new Date(date) },
  );
  return String(signed.headers.authorization);
}
