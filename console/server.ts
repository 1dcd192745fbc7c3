import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Access } from './access.ts';
import { type Api, apiFor } from './api.ts';
import { type Asset, loadAssets } from './assets.ts';
import { callIn } from './call.ts';
import { failureOf, NoAccess, NotThere, Refused } from './failure.ts';
import { foreignRequest } from './guard.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { Shown } from './shown.ts';

/** A console that runs. */
export interface ConsoleServer {
  /** Where to open it. Where access is limited, the link works once. */
  url: string;
  stop(): Promise<void>;
}

export interface ConsoleOptions {
  /** 0: any that is free. */
  port: number;
  /** Who may use it. Without it, everybody on this machine. */
  access?: Access;
}

/**
 * Serves the console on 127.0.0.1.
 *
 * @throws Error with the code EADDRINUSE where the port is in use
 */
export async function startConsole(shown: Shown, { port, access }: ConsoleOptions): Promise<ConsoleServer> {
  const served = { assets: await loadAssets(), api: apiFor(shown), access };
  const server = createServer((request, response) => {
    serve(request, response, served).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/console${access?.fragment ?? ''}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Served {
  assets: ReadonlyMap<string, Asset>;
  api: Api;
  access: Access | undefined;
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  try {
    const foreign = foreignRequest(request, request.socket.localPort ?? 0);
    if (foreign) throw new Refused(foreign);
    const url = new URL(`http://console${request.url}`);
    if (url.pathname === '/') return void response.writeHead(303, { Location: '/console' }).end();
    const asset = request.method === 'GET' ? served.assets.get(url.pathname) : undefined;
    if (asset) response.writeHead(200, { 'Content-Type': asset.type }).end(asset.body);
    else answer(response, 200, await contentFor(request, url, served));
  } catch (error) {
    const { status, error: told } = failureOf(error);
    answer(response, status, { error: told });
  }
}

/** Whoever has no access learns nothing, not even what is there. */
async function contentFor(request: IncomingMessage, url: URL, { api, access }: Served): Promise<object> {
  if (access && url.pathname === '/console/api/key') {
    const key = access.redeem((await callIn(request, url)).body.code);
    if (!key) throw new NoAccess();
    return { key };
  }
  if (access && !access.allows(request.headers)) throw new NoAccess();
  const content = await api(await callIn(request, url));
  if (content === undefined) throw new NotThere();
  return content;
}

function answer(response: ServerResponse, status: number, content: object): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(content));
}
