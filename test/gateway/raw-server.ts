import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A TCP or TLS server whose test decides which bytes answer each request. */
export interface RawServer {
  url: URL;
  /** Every received request, with its head and its body. */
  requests: string[];
  sockets: Socket[];
  close(): Promise<void>;
}

/** @param secure makes it a TLS server */
export async function startRawServer(
  onRequest: (socket: Socket, count: number) => void,
  secure?: TlsOptions,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const onConnection = (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
      if (!isComplete(received)) return;
      requests.push(received);
      received = '';
      onRequest(socket, requests.length);
    });
  };
  const server = secure ? createTlsServer(secure, onConnection) : createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${secure ? 'https' : 'http'}://127.0.0.1:${port}/refund.htm`),
    requests,
    sockets,
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
