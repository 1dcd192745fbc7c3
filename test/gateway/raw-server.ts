import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';

/** A TCP or TLS server whose test decides which bytes answer each request. */
export interface RawServer {
  url: URL;
  /** Every received request, with its head and its body. */
  requests: string[];
  sockets: Socket[];
  /** The connections of TCP, those included whose TLS handshake fails. */
  dialled: Socket[];
  /** Of each connection whether it has resumed a TLS session. */
  resumed: boolean[];
  /** Everything that was received, TLS aside. */
  received(): string;
  /** Closes the next connection at once, before its TLS handshake. */
  refuseNext(): void;
  close(): Promise<void>;
}

/** @param secure makes it a TLS server */
export async function startRawServer(
  onRequest: (socket: Socket, count: number) => void,
  secure?: TlsOptions,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const resumed: boolean[] = [];
  let all = '';
  const dialled: Socket[] = [];
  let isRefusing = false;
  const onConnection = (socket: Socket) => {
    sockets.push(socket);
    resumed.push(socket instanceof TLSSocket && socket.isSessionReused());
    socket.on('error', () => {});
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
      all += chunk;
      if (!isComplete(received)) return;
      requests.push(received);
      received = '';
      onRequest(socket, requests.length);
    });
  };
  const server = secure ? createTlsServer(secure, onConnection) : createServer(onConnection);
  server.on('connection', (socket: Socket) => {
    dialled.push(socket);
    if (isRefusing) socket.destroy();
    isRefusing = false;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${secure ? 'https' : 'http'}://127.0.0.1:${port}/refund.htm`),
    requests,
    sockets,
    dialled,
    resumed,
    received: () => all,
    refuseNext: () => {
      isRefusing = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isComplete(request: string): boolean {
  const [head = '', body] = request.split('\r\n\r\n');
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  return body !== undefined && Buffer.byteLength(body) >= length;
}

/** A complete HTTP response. */
export function answer(body: string | Buffer, status = '200 OK', ...headers: string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, `content-length: ${bytes.length}`, ...headers].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]);
}

/** Resolves when the client has closed the connection. */
export const closed = (socket: Socket | undefined) =>
  new Promise<void>((resolve, reject) => {
    if (!socket) reject(new Error('no client has connected'));
    else if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
