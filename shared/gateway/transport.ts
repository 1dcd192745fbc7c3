import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Connections, type OnKeepAlive } from './connections.ts';

/** What came back: any HTTP status, and the body as text. */
export interface Reply {
  status: number;
  text: string;
  /** The body isn't UTF-8: of its text only what is ASCII is right. */
  isGarbled?: boolean;
}

/** Posts a text and waits for the whole reply. */
export type Post = (url: URL, body: string, timeoutMs: number) => Promise<Reply>;

/** HTTP/1.1 to any number of hosts. */
export interface Transport {
  /** Never repeats a request and follows no redirect: what was sent may have been carried out. */
  post: Post;
  /** Begins to open a connection for the next post to the URL's host, unless one idles. It sends nothing and never fails. */
  openAhead(url: URL): void;
}

/** The gateway's answers have some hundred bytes. */
const MAX_REPLY_BYTES = 65_536;

/**
 * Posts over connections that idle between requests for as long as the server lets them.
 *
 * @param ca PEM certificates that are trusted beside those that Node.js trusts
 * @returns a transport whose `post` throws an Error that tells what happened to the exchange, never what was in it
 */
export function httpTransport(ca = '', onKeepAlive: OnKeepAlive = () => {}): Transport {
  const hosts = new Map<string, Connections>();
  let secureContext: SecureContext | undefined;
  const connectionsTo = (url: URL): Connections => {
    // Made once, and not before it is needed: it takes some ten milliseconds to read all certificates.
    if (ca && url.protocol === 'https:') secureContext ??= trusting(ca);
    const connections = hosts.get(url.origin) ?? new Connections(url, secureContext, onKeepAlive);
    hosts.set(url.origin, connections);
    return connections;
  };

  return {
    openAhead: (url) => connectionsTo(url).openAhead(Date.now()),
    post: (url, body, timeoutMs) => {
      const connections = connectionsTo(url);
      connections.closeUnusable(Date.now());
      return exchange(connections, url, body, timeoutMs);
    },
  };
}

function trusting(ca: string): SecureContext {
  return createSecureContext({ ca: [...getCACertificates('default'), ca] });
}

function exchange(connections: Connections, url: URL, body: string, timeoutMs: number): Promise<Reply> {
  const { agent } = connections;
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
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
      connections.answered(response, Date.now());
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

function read(body: Buffer): Pick<Reply, 'text' | 'isGarbled'> {
  try {
    return { text: utf8.decode(body) };
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
