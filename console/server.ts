import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, apiFor } from './api.ts';
import { type Asset, loadAssets } from './assets.ts';
import { callIn } from './call.ts';
import { failureOf, NotThere } from './failure.ts';
import { cookieFor, foreignRequest, isSame, type Refusal, withoutKey } from './guard.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { Shown } from './shown.ts';

/** A console that runs. */
export interface ConsoleServer {
  /** Where to open it; with a key, the link has it. */
  url: string;
  stop(): Promise<void>;
}

export interface ConsoleOptions {
  /** 0: any that is free. */
  port: number;
  /** What only the operator's browser knows. Without one, everybody on this machine can use the console. */
  key?: string;
}

/**
 * Serves the console on 127.0.0.1.
 *
 * @throws Error with the code EADDRINUSE where the port is in use
 */
export async function startConsole(shown: Shown, { port, key }: ConsoleOptions): Promise<ConsoleServer> {
  const served = { assets: await loadAssets(), api: apiFor(shown), key };
  const server = createServer((request, response) => {
    serve(request, response, served).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/console${key ? `?key=${key}` : ''}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Served {
  assets: ReadonlyMap<string, Asset>;
  api: Api;
  key: string | undefined;
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const port = request.socket.localPort ?? 0;
  const foreign = foreignRequest(request, port);
  if (foreign) return refuse(response, foreign);
  const url = new URL(`http://console${request.url}`);
  if (url.pathname === '/') return redirect(response);
  if (bringsKey(url, served.key)) return redirect(response, cookieFor(port, served.key ?? ''));
  const unknown = withoutKey(request, port, served.key);
  if (unknown) return refuse(response, unknown);
  const asset = request.method === 'GET' ? served.assets.get(url.pathname) : undefined;
  if (asset) response.writeHead(200, { 'Content-Type': asset.type }).end(asset.body);
  else await answerCall(request, response, url, served.api);
}

async function answerCall(request: IncomingMessage, response: ServerResponse, url: URL, api: Api) {
  try {
    const content = await api(await callIn(request, url));
    if (content === undefined) throw new NotThere();
    answer(response, 200, content);
  } catch (error) {
    const { status, error: told } = failureOf(error);
    answer(response, status, { error: told });
  }
}

const bringsKey = ({ pathname, searchParams }: URL, key: string | undefined) =>
  key !== undefined && pathname === '/console' && isSame(searchParams.get('key') ?? '', key);

/** To the page; a key goes into a cookie, and out of the address. */
function redirect(response: ServerResponse, cookie?: string): void {
  response.writeHead(303, { Location: '/console', ...(cookie && { 'Set-Cookie': cookie }) }).end();
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  answer(response, status, { error: { name: 'Refused', message } });
}

function answer(response: ServerResponse, status: number, content: object): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(content));
}
