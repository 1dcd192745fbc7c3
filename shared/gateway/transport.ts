import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** What came back: any HTTP status, and the body if it was text. */
export interface Reply {
  status: number;
  text: string;
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
 * @throws Error that tells what happened to the exchange, never what was in it
 */
export function httpTransport(): Post {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  };
  let lastUsedAtMs = 0;

  return async (url, body, timeoutMs) => {
    const isHttps = url.protocol === 'https:';
    const agent = agents[isHttps ? 'https:' : 'http:'];
    if (Date.now() - lastUsedAtMs > MAX_IDLE_MS) closeIdle(agent);
    try {
      return await exchange(isHttps ? httpsRequest : httpRequest, agent, url, body, timeoutMs);
    } finally {
      lastUsedAtMs = Date.now();
    }
  };
}

function closeIdle(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
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
    const headers = {
      'content-type': 'application/json;charset=utf-8',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json',
    };
    const fail = (error: unknown) =>
      reject(
        signal.aborted ? new Error(`no complete answer within ${timeoutMs} ms`) : new Error(reasonOf(error)),
      );

    const sent = request(url, { method: 'POST', agent, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_REPLY_BYTES) response.destroy(new Error('the answer is too large'));
        chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        try {
          const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
          resolve({ status: response.statusCode ?? 0, text });
        } catch {
          reject(new Error('the answer is not UTF-8 text'));
        }
      });
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

/** Codes like ECONNRESET say it all; other messages are our own. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
