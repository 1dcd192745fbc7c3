import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ControlError } from './control/control-error.ts';
import { answerTo } from './control/routes.ts';
import type { Gateway } from './gateway/gateway.ts';
import { close, listen } from './http.ts';

/** Where the gateway takes orders, and what each request must carry: `Authorization: Bearer TOKEN`. */
export interface ControlAddress {
  /** The origin: `http://127.0.0.1:…`. */
  readonly url: string;
  readonly token: string;
}

export interface Control {
  readonly address: ControlAddress;
  stop(): Promise<void>;
}

/**
 * Starts the server that shows and steers a gateway, on a free port of 127.0.0.1. docs/sandbox.md has its routes.
 *
 * Neither a web page nor another user of the machine can use it: it takes requests with the token of this start alone,
 * and only under its own address, so that a page can't reach it by a name that leads to 127.0.0.1.
 */
export async function startControl(gateway: Gateway): Promise<Control> {
  const token = randomBytes(32).toString('base64url');
  let url = '';
  const server = createServer(async (request, response) => {
    try {
      assertAllowed(request, url, token);
      const { method = '', url: path = '' } = request;
      if (!URL.canParse(path, url)) throw new ControlError('InvalidRequest', 'The path is no part of a URL.');
      const body = await bodyOf(request);
      send(response, 200, await answerTo(gateway, { method, target: new URL(path, url), body }));
    } catch (error) {
      sendError(response, error);
    }
  });
  url = await listen(server, 0, "the gateway's control");
  return { address: { url, token }, stop: () => close(server) };
}

function assertAllowed({ headers }: IncomingMessage, url: string, token: string): void {
  const { host } = new URL(url);
  if (headers.host !== host)
    throw new ControlError('WrongHost', `Send it to ${host}, with this Host header.`);
  if (!isSame(headers.authorization ?? '', `Bearer ${token}`))
    throw new ControlError(
      'NotAuthentic',
      'Send the header Authorization: Bearer TOKEN, with the token in .sandbox/settings-PORT.json under control.',
    );
}

/** An order is far shorter. */
const MAX_BODY_BYTES = 65_536;

/** What is too much is read and dropped: a caller whose connection broke instead would learn nothing. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES)
    throw new ControlError(
      'PayloadTooLarge',
      `The body has more than ${MAX_BODY_BYTES} bytes: send a shorter one.`,
    );
  return Buffer.concat(chunks).toString();
}

/** Compares in a time that tells nothing about where the texts differ, nor about their lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function sendError(response: ServerResponse, error: unknown): void {
  const { status, name, message } =
    error instanceof ControlError ? error : { status: 500, name: 'InternalError', message: String(error) };
  send(response, status, { error: { name, message } });
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(value));
}
