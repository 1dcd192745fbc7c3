import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { Credentials } from '../../client/index.ts';
import { close, listen, readBody } from '../../sandbox/http.ts';
import { referenceAuthorization, signedNamesOf } from '../client/reference-signer.ts';
import type { Received } from '../client/scripted-server.ts';
import type { ApiGateway } from './api-gateway.ts';

/** What becomes of one request in the place of being passed on: an answer of API Gateway's own, or none. */
type Disturbance = number | 'break' | undefined;

/** An HTTP API that lets signed requests through alone. */
export interface SignedApi extends ApiGateway {
  /** Whose signatures hold. */
  credentials: Credentials;
  /** Every request, in order. */
  readonly received: readonly Received[];
  /** What becomes of the next requests, once each. */
  readonly disturbances: Disturbance[];
}

const SCOPE = { region: 'ap-east-1', service: 'execute-api' };

/** How far the time of a signature may be from now, milliseconds. */
const MAX_AGE_MS = 300_000;

/** In front of an API without IAM: each request's signature is made anew, and 403 answers those that differ. */
export async function startSignedApi(behind: string, credentials: Credentials): Promise<SignedApi> {
  const received: Received[] = [];
  const disturbances: Disturbance[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const it = { method, url, headers, body: String(await readBody(request)) };
    received.push(it);
    const answer = (status: number, message: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    const fault = await signatureFault(it, api.credentials);
    if (fault) return answer(403, fault);
    const disturbance = disturbances.shift();
    if (disturbance === 'break') return request.socket.destroy();
    if (disturbance) return answer(disturbance, 'Service Unavailable');
    const passedOn = await fetch(behind + url, { method, ...(it.body && { body: it.body }) });
    return response
      .writeHead(passedOn.status, { 'content-type': 'application/json' })
      .end(await passedOn.text());
  });
  const api: SignedApi = {
    url: await listen(server, 0, 'the signed API'),
    stop: () => close(server),
    ...{ credentials, received, disturbances },
  };
  return api;
}

/** What is wrong with the signature of a request, or `undefined`. */
async function signatureFault(it: Received, credentials: Credentials): Promise<string | undefined> {
  const { authorization, 'x-amz-date': time = '', ...others } = it.headers;
  if (!authorization) return 'Missing Authentication Token';
  const signed = signedNamesOf(it.headers);
  const sessionToken = credentials.sessionToken ? ['x-amz-security-token'] : [];
  const unsigned = ['host', 'x-amz-date', ...sessionToken].filter((name) => !signed.includes(name));
  if (unsigned.length > 0) return `These headers must be signed: ${unsigned.join(', ')}`;
  if (others['x-amz-security-token'] !== credentials.sessionToken)
    return 'The security token included in the request is invalid';
  const body = others['x-amz-content-sha256'] ?? hashOf(it.body);
  const moment = Date.parse(String(time).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const isOfNow = Math.abs(Date.now() - moment) < MAX_AGE_MS;
  if (!isOfNow) return 'Signature not yet current, or expired';
  const expected = await referenceAuthorization(it, credentials, SCOPE);
  const isSame = body === hashOf(it.body) && isEqual(withoutSpaces(authorization), withoutSpaces(expected));
  return isSame
    ? undefined
    : 'The request signature we calculated does not match the signature you provided.';
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const withoutSpaces = (text: string): Buffer => Buffer.from(text.replace(/,\s*/g, ','));

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
