import { createHash, createHmac } from 'node:crypto';

/** AWS credentials, temporary ones with their session token. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** What is signed of a request. */
export interface SignedParts {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/** Where a signature holds, and from when on. */
export interface Scope {
  region: string;
  service: string;
  nowMs: number;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Percent-encodes all but letters, digits and `-._~`, as AWS does. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The headers of a request with those of AWS Signature Version 4, whose clock may differ from AWS's by five minutes.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export function signedHeaders(
  { method, url, headers, body }: SignedParts,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  { region, service, nowMs }: Scope,
): Record<string, string> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const sent: Record<string, string> = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries({ ...sent, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`).join('');
  const canonical = [method, pathOf(url), queryOf(url), lines, names, sha256(body)].join('\n');

  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}

/** Of every service but S3, each segment is encoded once more. */
function pathOf({ pathname }: URL): string {
  return pathname.split('/').map(encode).join('/');
}

function queryOf({ searchParams }: URL): string {
  const pairs = [...searchParams].map((pair) => pair.map(encode) as [string, string]);
  // By the name first: in one text, `a-b=` would come before `a=`.
  pairs.sort(([name, value], [other, otherValue]) => compared(name, other) || compared(value, otherValue));
  return pairs.map((pair) => pair.join('=')).join('&');
}

function compared(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
