import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** What came back: any HTTP status, and the body as text. */
export interface Reply {
  status: number;
  text: string;
  /** The body isn't UTF-8: of its text only what is ASCII is right. */
  isGarbled?: boolean;
}

/** Posts a text and waits for the whole reply. */
export type Post = (url: URL, body: string, timeoutMs: number) => Promise<Reply>;

/**
 * A connection that was left alone for longer may have been closed at the other end, most of all while the
 * container was frozen and no timer ran. A refund sent into it would be in doubt for nothing.
 */
const MAX_IDLE_MS = 4_000;

/** The gateway's answers have some hundred bytes. */
const MAX_REPLY_BYTES = 65_536;

/**
 * Posts over HTTP/1.1 with connections that are kept alive between requests close to each other. It never
 * repeats a request and follows no redirect: what was sent may have been carried out.
 *
 * @param ca PEM certificates that are trusted beside those that Node.js trusts
 * @throws Error that tells what happened to the exchange, never what was in it
 */
export function httpTransport(ca = ''): Post {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  };
  // Of each connection by itself: a busy host says nothing about the other one's connections.
  const idleSinceMs = new WeakMap<Duplex, number>();
  for (const agent of Object.values(agents)) {
    agent.on('free', (socket: Duplex) => idleSinceMs.set(socket, Date.now()));
  }

  return (url, body, timeoutMs) => {
    const isHttps = url.protocol === 'https:';
    const agent = agents[isHttps ? 'https:' : 'http:'];
    closeIdle(agent, (socket) => Date.now() - (idleSinceMs.get(socket) ?? 0) > MAX_IDLE_MS);
    // Made once, and not before it is needed: it takes some ten milliseconds to read all certificates.
    if (ca && isHttps) agents['https:'].options.secureContext ??= trusting(ca);
    return exchange(isHttps ? httpsRequest : httpRequest, agent, url, body, timeoutMs);
  };
}

function trusting(ca: string): SecureContext {
  return createSecureContext({ ca: [...getCACertificates('default'), ca] });
}

function closeIdle(agent: HttpAgent, isTooOld: (socket: Duplex) => boolean): void {
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
    if (isTooOld(socket)) socket.destroy();
  }
}

function exchange(
  request: typeof httpRequest,
  agent: HttpAgent,
  url: URL,
  body: string,
  timeoutMs: number,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // The signal covers the whole exchange and tears the socket down: nothing goes on after the deadline.
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: unknown) =>
      reject(
        signal.aborted ? new Error(`no complete answer within ${timeoutMs} ms`) : new Error(reasonOf(error)),
      );

    let isAnswered = false;
    const sent = request(url, { method: 'POST', agent, headers: headersFor(body), signal }, (response) => {
      isAnswered = true;
      response.on('error', fail);
      collect(response, (body) => resolve({ status: response.statusCode ?? 0, ...read(body) }));
    });
    sent.on('error', fail);
    // An offer to change the protocol (status 101) closes the connection without an error.
    sent.on('close', () => {
      if (!isAnswered) fail(new Error('the connection was closed without an answer'));
    });
    sent.end(body);
  });
}

function headersFor(body: string): OutgoingHttpHeaders {
  return {
    'content-type': 'application/json;charset=utf-8',
    'content-length': Buffer.byteLength(body),
    accept: 'application/json',
  };
}

function collect(response: IncomingMessage, onEnd: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_REPLY_BYTES) response.destroy(new Error('the answer is too large'));
    chunks.push(chunk);
  });
  response.on('end', () => onEnd(Buffer.concat(chunks)));
}

function read(body: Buffer): Pick<Reply, 'text' | 'isGarbled'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(body) };
  } catch {
    return { text: body.toString('latin1'), isGarbled: true };
  }
}

const MAX_REASON = 200;

/** The error's code and its words: by its code alone, one fault of TLS looks like the other. */
function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  // OpenSSL's own message is a row of numbers and names with the reason among them.
  const words = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
  // Node.js has no code for some of OpenSSL's reasons.
  const isSaid = !code || code === 'UNSPECIFIED' || words.includes(code);
  return (isSaid ? words : [code, words].filter(Boolean).join(': ')).slice(0, MAX_REASON);
}
