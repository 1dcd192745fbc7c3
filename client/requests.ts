import { type Answer, type Attempt, REPETITION, type Repetition, repeated } from './repeat.ts';
import { type Credentials, encode, type SignedParts, signedHeaders } from './signature.ts';

export interface ClientOptions {
  /** The API's URL: the stack's output HttpApiUrl, or the sandbox's `http://127.0.0.1:3000`. */
  url: string;
  /** The AWS region. Needed with `credentials`. */
  region?: string;
  /** Without them nothing is signed: that is for the sandbox. A function is asked before each attempt. */
  credentials?: Credentials | (() => Promise<Credentials>);
  /** In the place of Node's own `fetch`. */
  fetch?: typeof globalThis.fetch;
  repetition?: Partial<Repetition>;
}

/** One request. The same bytes are sent however often it is repeated. */
export interface RefundRequest {
  method: 'GET' | 'POST';
  /** Its segments, as they are. */
  path: string[];
  query?: Record<string, string | number | boolean | undefined>;
  body?: object;
  signal?: AbortSignal | undefined;
}

export type Send = (request: RefundRequest) => Promise<Answer>;

/**
 * Makes what sends requests: signed, and repeated where that is safe.
 *
 * @throws TypeError where options are missing
 */
export function sender(options: ClientOptions): Send {
  const { url, region, credentials, fetch = globalThis.fetch, repetition } = options;
  if (credentials && !region) throw new TypeError('A client with credentials needs a region');
  const base = new URL(url);
  return async ({ method, path, query = {}, body, signal }) => {
    const target = targetOf(base, path, query);
    const text = body === undefined ? '' : JSON.stringify(body);
    const prepare = async (): Promise<Attempt> => {
      const headers = await headersFor(options, { method, url: target, body: text });
      const init: RequestInit = { method, headers, ...(text && { body: text }), ...DIRECT };
      return async (ends) => {
        const response = await fetch(target, { ...init, signal: ends });
        return { status: response.status, body: bodyIn(await response.text(), response.status) };
      };
    };
    return repeated(prepare, { ...REPETITION, ...repetition }, signal);
  };
}

/** A signature holds for one address, and must not be shown to another. */
const DIRECT = { redirect: 'manual' } as const;

/** The headers of one attempt. A signature is made anew each time: it holds for minutes only. */
async function headersFor(
  { region = '', credentials }: ClientOptions,
  request: Omit<SignedParts, 'headers'>,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = request.body ? { 'content-type': 'application/json' } : {};
  if (!credentials) return headers;
  const current = typeof credentials === 'function' ? await credentials() : credentials;
  const scope = { region, service: 'execute-api', nowMs: Date.now() };
  return signedHeaders({ ...request, headers }, current, scope);
}

/** An error may come as any text, from whatever is between; a success without JSON is a broken answer. */
function bodyIn(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (status < 300) throw cause;
    return { message: text.slice(0, 200) };
  }
}

function targetOf(base: URL, path: string[], query: NonNullable<RefundRequest['query']>): URL {
  // A URL can't name them: they stand for other paths, however they are encoded.
  if (path.some((segment) => /^\.{0,2}$/.test(segment)))
    throw new TypeError(`A refund can't be read over HTTP by the number '${path[1]}'`);
  const target = new URL(base);
  target.pathname = [base.pathname.replace(/\/$/, ''), ...path.map(encode)].join('/');
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  target.search = pairs.map(([name, value]) => `${encode(name)}=${encode(String(value))}`).join('&');
  return target;
}
