import { Agent, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** Something that listens on this machine, until `close`. */
export interface Peer {
  port: number;
  close(): void;
}

/** Serves a gateway over TLS. @param isSilent its answers don't say how long a connection may idle, which is 60 s */
export async function startTlsFront(gateway: string, options: TlsOptions, isSilent: boolean): Promise<Peer> {
  const agent = new Agent({ keepAlive: true });
  const server = createHttpsServer({ ...options, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const forwarded = request(new URL(url, gateway), { method, headers, agent }, (response) => {
      // Node.js adds its own word, but not where this header is given.
      if (isSilent) outgoing.setHeader('connection', 'keep-alive');
      outgoing.writeHead(response.statusCode ?? 500);
      response.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  const { port, close } = await listening(server, new Set());
  return {
    port,
    close: () => {
      server.closeAllConnections();
      agent.destroy();
      close();
    },
  };
}

/**
 * A proxy whose other end seems to be `roundTripMs` away: it holds bytes back for half of that, each way. A connection
 * is accepted at once; the round trip that TCP would take to open it is added to the first bytes.
 */
export async function startDelay(toPort: number, roundTripMs: number): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: toPort, host: '127.0.0.1', noDelay: true });
    const openAtMs = performance.now() + roundTripMs;
    forward(near, far, () => Math.max(performance.now(), openAtMs) + roundTripMs / 2);
    forward(far, near, () => performance.now() + roundTripMs / 2);
    for (const socket of [near, far]) sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  return listening(server, sockets);
}

/** @param dueMs when something that is sent now arrives */
function forward(from: Socket, to: Socket, dueMs: () => number): void {
  let before = Promise.resolve();
  const later = (work: () => void) => {
    const arrivesMs = dueMs();
    before = before.then(() => reached(arrivesMs)).then(work);
  };
  from.on('data', (chunk) => later(() => to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
}

const reached = (atMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - performance.now())));

async function listening(server: Server, sockets: Set<Socket>): Promise<Peer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
